namespace ProxyCluster.Core.Condensation;

/// <summary>Who says a message, as far as condensation must tell them apart.</summary>
public enum MessageRole
{
    /// <summary>Instructions: <c>system</c> and <c>developer</c>. Never condensed.</summary>
    System = 0,

    /// <summary>The client's side.</summary>
    User = 1,

    /// <summary>The model's side.</summary>
    Assistant = 2,

    /// <summary>The result of a tool.</summary>
    Tool = 3,
}
