namespace ProxyCluster.Core.Routing;

/// <summary>What a choice depends on besides the request and the cluster's snapshot.</summary>
/// <param name="inFlight">This process's own counts, fresher than the cluster's.</param>
/// <param name="random">Uniform in [0, 1): shares the traffic among equals.</param>
/// <param name="now">The time that rests are held against.</param>
public readonly ref struct PickMoment(IInFlightView inFlight, double random, DateTimeOffset now)
{
    /// <summary>This process's own counts.</summary>
    public IInFlightView InFlight { get; } = inFlight;

    /// <summary>Uniform in [0, 1).</summary>
    public double Random { get; } = random;

    /// <summary>The time.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>Numbers of candidates that were tried for this request.</summary>
    public ReadOnlySpan<int> Tried { get; init; }

    /// <summary>What this process itself knows of providers; <see langword="null"/>: nothing, and no half-open circuit is probed.</summary>
    public IProviderAdvice? Advice { get; init; }
}
