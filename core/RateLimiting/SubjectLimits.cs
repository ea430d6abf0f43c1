using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>Everything that is in force for one subject: its own limits, and what its kind has where it has none.</summary>
/// <param name="Requests">Its windows.</param>
/// <param name="Concurrency">Requests in flight, over the cluster; 0: no limit.</param>
/// <param name="IsShadow">Whether what would be refused is only told.</param>
/// <param name="WhenDown">What holds without the limiter.</param>
public sealed record SubjectLimits(LimitSettings Requests, int Concurrency, bool IsShadow, OnLimiterDown WhenDown)
{
    /// <summary>Whether anything is limited.</summary>
    public bool Any => Requests.Any || Concurrency > 0;

    /// <summary>What a kind of subject has by the configuration. Models have no common default, and what a token does not say it does not limit.</summary>
    public static SubjectLimits Of(RateLimitOptions options, LimitLevel level)
    {
        ArgumentNullException.ThrowIfNull(options);
        return level switch
        {
            LimitLevel.User => Of(options, options.Users, options.Block),
            LimitLevel.Team => Of(options, options.Teams, options.Block),
            LimitLevel.Model => Of(options, new SubjectLimitOptions(), block: false),
            LimitLevel.Token => Of(options, new SubjectLimitOptions(), options.Block),
            _ => new SubjectLimits(
                Settings(options.RequestsPerMinute, options.RequestsPerHour, options.Block),
                Math.Max(0, options.Concurrency),
                options.Mode == "shadow",
                Down(options.OnLimiterDown)),
        };
    }

    /// <summary>What the models of one entry have. A block there would shut out every caller: it must be asked for.</summary>
    public static SubjectLimits Of(RateLimitOptions options, ModelLimitOptions model)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Of(options, model, block: false);
    }

    /// <summary>Whether limits that were given to a key are meant to be higher than these, where these are only the default of its user.</summary>
    public bool AreBelow(LimitSet key) =>
        IsBelow(Requests.PerMinute, key.RequestsPerMinute) || IsBelow(Requests.PerHour, key.RequestsPerHour);

    /// <summary>The same with a subject's own limits put over it.</summary>
    /// <param name="own"><see langword="null"/>: it has none.</param>
    public SubjectLimits With(LimitSet? own) => own is null ? this : new SubjectLimits(
        Settings(own.RequestsPerMinute ?? Requests.PerMinute, own.RequestsPerHour ?? Requests.PerHour, Requests.Block),
        Math.Max(0, own.Concurrency ?? Concurrency),
        own.Shadow ?? IsShadow,
        WhenDown);

    private static SubjectLimits Of(RateLimitOptions options, LevelLimitOptions level, bool block) => new(
        Settings(level.RequestsPerMinute, level.RequestsPerHour, level.Block ?? block),
        Math.Max(0, level.Concurrency),
        (level.Mode ?? options.Mode) == "shadow",
        Down(level.OnLimiterDown ?? options.OnLimiterDown));

    private static bool IsBelow(int limit, int? given) => limit > 0 && given is { } value && (value == 0 || value > limit);

    private static LimitSettings Settings(int perMinute, int perHour, bool block) => new(Math.Max(0, perMinute), Math.Max(0, perHour), block);

    private static OnLimiterDown Down(string word) => word switch
    {
        "open" => OnLimiterDown.Open,
        "closed" => OnLimiterDown.Closed,
        _ => OnLimiterDown.Share,
    };
}
