using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>Tokens of one answer in disjoint buckets, so that each is priced once.</summary>
/// <param name="UncachedInput">Prompt tokens that were neither read from nor written to the provider's prompt cache.</param>
/// <param name="CacheRead">Prompt tokens read from the provider's prompt cache.</param>
/// <param name="CacheWrite">Prompt tokens written to the provider's prompt cache.</param>
/// <param name="Output">Answer tokens without reasoning.</param>
/// <param name="Reasoning">Reasoning tokens.</param>
[GenerateSerializer, Immutable, Alias("pc.token-usage")]
public readonly record struct TokenUsage(
    [property: Id(0)] long UncachedInput,
    [property: Id(1)] long CacheRead,
    [property: Id(2)] long CacheWrite,
    [property: Id(3)] long Output,
    [property: Id(4)] long Reasoning)
{
    /// <summary>What OpenAI calls <c>prompt_tokens</c>.</summary>
    public long Prompt => UncachedInput + CacheRead + CacheWrite;

    /// <summary>What OpenAI calls <c>completion_tokens</c>.</summary>
    public long Completion => Output + Reasoning;
}
