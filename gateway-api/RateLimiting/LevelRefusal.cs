namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Why one subject refuses a request.</summary>
/// <param name="Subject">Whose limit it is.</param>
/// <param name="Kind">Which of its limits.</param>
/// <param name="Limit">What it is; 0: no limit was passed, the limiter is away.</param>
/// <param name="RetryAfter">How long to stay away.</param>
/// <param name="Reset">Until all of it is free again.</param>
/// <param name="IsBlock">Whether everything is refused until then.</param>
internal readonly record struct LevelRefusal(
    SubjectLimiter Subject, LimitKind Kind, int Limit, TimeSpan RetryAfter, TimeSpan Reset, bool IsBlock = false)
{
    /// <summary>What the client is told.</summary>
    public LimitDecision Decide() =>
        new(LimitRefusals.Of(this), Kind == LimitKind.Concurrency ? 0 : Limit, 0, Reset) { Window = LimitKinds.WindowOf(Kind) };
}
