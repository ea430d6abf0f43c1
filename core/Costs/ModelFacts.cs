namespace ProxyCluster.Core.Costs;

/// <summary>What is publicly known of a model: its limits in tokens, and its list prices in US dollars a million tokens.</summary>
/// <param name="ContextLengthTokens">Prompt and answer together; 0: not known.</param>
/// <param name="MaxOutputTokens">The longest answer; 0: not known.</param>
/// <param name="Input">Prompt tokens.</param>
/// <param name="CacheRead">Prompt tokens from the provider's cache; <see langword="null"/>: as others.</param>
/// <param name="CacheWrite">Prompt tokens that were put into the provider's cache; <see langword="null"/>: as others.</param>
/// <param name="Output">Answer tokens, reasoning included.</param>
public sealed record ModelFacts(
    int ContextLengthTokens, int MaxOutputTokens, decimal? Input, decimal? CacheRead, decimal? CacheWrite, decimal? Output);
