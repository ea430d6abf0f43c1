namespace ProxyCluster.Core.Tokens;

/// <summary>How a model counts what it reads.</summary>
/// <param name="Counter">Text.</param>
/// <param name="Images">Images.</param>
public readonly record struct TokenRules(TokenCounter Counter, ImageTokens Images)
{
    /// <summary>How a model counts.</summary>
    /// <param name="model">Its name as the provider knows it.</param>
    public static TokenRules For(string model) => new(TokenCounters.For(model), ImageTokens.For(model));
}
