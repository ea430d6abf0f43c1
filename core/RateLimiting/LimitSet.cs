using Orleans;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>What one subject (a key, a user, a team, a model) may use at most. <see langword="null"/>: the default of its kind; 0: no limit.</summary>
[GenerateSerializer, Immutable, Alias("pc.limit-set")]
public sealed record LimitSet
{
    /// <summary>Requests in any 60 s.</summary>
    [Id(0)] public int? RequestsPerMinute { get; init; }

    /// <summary>Requests in any 3,600 s.</summary>
    [Id(1)] public int? RequestsPerHour { get; init; }

    /// <summary>Tokens, in and out, in any 60 s.</summary>
    [Id(2)] public long? TokensPerMinute { get; init; }

    /// <summary>Tokens, in and out, in any 3,600 s.</summary>
    [Id(3)] public long? TokensPerHour { get; init; }

    /// <summary>Requests in flight.</summary>
    [Id(4)] public int? Concurrency { get; init; }

    /// <summary>US dollars in a calendar day (UTC).</summary>
    [Id(5)] public decimal? DollarsPerDay { get; init; }

    /// <summary>US dollars in a calendar month (UTC).</summary>
    [Id(6)] public decimal? DollarsPerMonth { get; init; }

    /// <summary>Whether going over a limit is only told (<c>shadow</c>), not refused (<c>enforce</c>); <see langword="null"/>: the default.</summary>
    [Id(7)] public bool? Shadow { get; init; }
}
