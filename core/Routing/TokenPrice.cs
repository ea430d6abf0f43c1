using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>What a model costs, in US dollars a token. Floating point: for comparing candidates, never for billing.</summary>
/// <param name="InputPerToken">Dollars for one prompt token.</param>
/// <param name="OutputPerToken">Dollars for one answer token.</param>
/// <param name="IsKnown">Whether any price is configured.</param>
public readonly record struct TokenPrice(double InputPerToken, double OutputPerToken, bool IsKnown)
{
    private const double TokensPerPrice = 1_000_000;

    /// <summary>The price of an entry. Where only one side has a price (embeddings have no output), the other is free.</summary>
    /// <param name="entry">The provider's entry.</param>
    public static TokenPrice From(ModelDefinition entry) => new(
        (double)(entry.InputCostPerMillion ?? 0) / TokensPerPrice,
        (double)(entry.OutputCostPerMillion ?? 0) / TokensPerPrice,
        entry.InputCostPerMillion is not null || entry.OutputCostPerMillion is not null);

    /// <summary>Dollars for a request.</summary>
    /// <param name="promptTokens">At least 0.</param>
    /// <param name="outputTokens">At least 0.</param>
    public double Of(int promptTokens, int outputTokens) =>
        (promptTokens * InputPerToken) + (outputTokens * OutputPerToken);
}
