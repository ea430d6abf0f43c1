namespace ProxyCluster.Extensions.Hooks;

/// <summary>Who says a text.</summary>
public enum HookRole
{
    /// <summary>Nobody in particular.</summary>
    None = 0,

    /// <summary>The operator's or the developer's instructions.</summary>
    System = 1,

    /// <summary>The end user.</summary>
    User = 2,

    /// <summary>The model.</summary>
    Assistant = 3,

    /// <summary>A tool.</summary>
    Tool = 4,
}
