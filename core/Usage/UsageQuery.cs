using Orleans;

namespace ProxyCluster.Core.Usage;

/// <summary>Which sums are asked for.</summary>
/// <param name="By">What to sum by.</param>
/// <param name="Subject">Only what this key or token used; <see langword="null"/>: all.</param>
/// <param name="After">Only values behind this one, in ordinal order; <see langword="null"/>: from the first.</param>
/// <param name="Limit">Values at most.</param>
[GenerateSerializer, Immutable, Alias("pc.usage-query")]
public sealed record UsageQuery(
    [property: Id(0)] UsageDimension By, [property: Id(1)] string? Subject, [property: Id(2)] string? After, [property: Id(3)] int Limit)
{
    /// <summary>Only what this team used; <see langword="null"/>: all.</summary>
    [Id(4)] public string? Team { get; init; }
}
