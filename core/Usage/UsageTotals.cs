using Orleans;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Usage;

/// <summary>Sums of answered requests.</summary>
/// <param name="Requests">How many.</param>
/// <param name="Tokens">What they were billed.</param>
/// <param name="NanoDollars">What they cost, in thousand-millionths of a US dollar; requests of models without a price add nothing.</param>
[GenerateSerializer, Immutable, Alias("pc.usage-totals")]
public readonly record struct UsageTotals([property: Id(0)] long Requests, [property: Id(1)] TokenUsage Tokens, [property: Id(2)] long NanoDollars)
{
    /// <summary>The sum of each.</summary>
    public static UsageTotals operator +(in UsageTotals one, in UsageTotals other) => new(
        one.Requests + other.Requests,
        new TokenUsage(
            one.Tokens.UncachedInput + other.Tokens.UncachedInput,
            one.Tokens.CacheRead + other.Tokens.CacheRead,
            one.Tokens.CacheWrite + other.Tokens.CacheWrite,
            one.Tokens.Output + other.Tokens.Output,
            one.Tokens.Reasoning + other.Tokens.Reasoning),
        one.NanoDollars + other.NanoDollars);
}

/// <summary>Sums under one key.</summary>
/// <param name="Key">What they are told apart by.</param>
/// <param name="Totals">The sums.</param>
[GenerateSerializer, Immutable, Alias("pc.usage-row")]
public readonly record struct UsageRow([property: Id(0)] UsageKey Key, [property: Id(1)] UsageTotals Totals);

/// <summary>Sums of one value of a dimension.</summary>
/// <param name="Name">The value, or <see cref="UsageKey.None"/>.</param>
/// <param name="Totals">The sums.</param>
[GenerateSerializer, Immutable, Alias("pc.usage-group")]
public readonly record struct UsageGroup([property: Id(0)] string Name, [property: Id(1)] UsageTotals Totals)
{
    /// <summary>Of which team alone; <see langword="null"/>: of all, as also a silo says that does not know <see cref="UsageQuery.Team"/>.</summary>
    [Id(2)]
    public string? Team { get; init; }
}
