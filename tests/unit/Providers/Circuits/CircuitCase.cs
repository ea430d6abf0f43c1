using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.Tests.Unit.Providers.Circuits;

/// <summary>A circuit with a clock of its own; times are seconds since the test began.</summary>
internal sealed class CircuitCase(CircuitSettings? settings = null, CircuitRecord? stored = null)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The middle: no jitter.</summary>
    private const double NoJitter = 0.5;

    public CircuitBreaker Breaker { get; } = new(settings ?? new CircuitSettings(), stored);

    public double Now { get; set; }

    public double Random { get; set; } = NoJitter;

    public CircuitState State => Breaker.State(At(Now));

    public static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    /// <summary>Reports calls that took a tenth of a second and end now.</summary>
    public bool Report(AttemptOutcome outcome, int times = 1, long permit = 0)
    {
        var changed = false;
        for (var i = 0; i < times; i++)
        {
            changed |= ReportOf(outcome, begunAt: Now - 0.1, endedAt: Now, permit);
        }

        return changed;
    }

    public bool ReportOf(AttemptOutcome outcome, double begunAt, double endedAt, long permit = 0) =>
        Breaker.Record(new ObservedCall(outcome, At(begunAt), At(endedAt), permit), At(Now), Random);

    /// <summary>Opens the circuit, and comes to the moment of its first probe.</summary>
    public CircuitCase HalfOpened()
    {
        Report(AttemptOutcome.ServerError, Breaker.Settings.ConsecutiveFailures);
        Now += Breaker.Settings.OpenTime.TotalSeconds;
        return this;
    }

    /// <summary>A half-open circuit, closed by the probes that it takes.</summary>
    public CircuitCase Closed()
    {
        for (var i = 0; i < Breaker.Settings.SuccessesToClose; i++)
        {
            Probe(AttemptOutcome.Succeeded);
        }

        return this;
    }

    /// <summary>Takes a permit and reports how its call went, a second later.</summary>
    public bool Probe(AttemptOutcome outcome)
    {
        var permit = Breaker.TryProbe(At(Now)).Permit;
        Assert.NotEqual(0, permit);
        Now += 1;
        return ReportOf(outcome, Now - 0.5, Now, permit);
    }
}
