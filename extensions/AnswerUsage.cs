namespace ProxyCluster.Extensions;

/// <summary>Tokens of one answer in disjoint buckets, so that each is priced once.</summary>
/// <param name="UncachedInput">Prompt tokens that were neither read from nor written to the provider's prompt cache.</param>
/// <param name="Output">Answer tokens without reasoning.</param>
/// <param name="CacheRead">Prompt tokens read from the provider's prompt cache.</param>
/// <param name="CacheWrite">Prompt tokens written to the provider's prompt cache.</param>
/// <param name="Reasoning">Reasoning tokens.</param>
public readonly record struct AnswerUsage(long UncachedInput, long Output, long CacheRead = 0, long CacheWrite = 0, long Reasoning = 0);
