using ProxyCluster.Core.Routing;

namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>
/// Whether one provider and its models are to be asked, from what the whole cluster has seen: its circuit, rests, quota
/// and health. Not thread-safe.
/// </summary>
public sealed class ProviderWatch
{
    private const double ShareSteps = 20; // what is published need not move more often than by a twentieth

    private CircuitBreaker _circuit;

    /// <param name="settings">The numbers.</param>
    /// <param name="stored">The circuit that an earlier one has left; <see langword="null"/>: none.</param>
    /// <param name="now">The time.</param>
    public ProviderWatch(WatchSettings settings, CircuitRecord? stored, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        _circuit = new CircuitBreaker(settings.Circuit, stored);
        Health = new HealthBook(now);
    }

    /// <summary>The numbers in force.</summary>
    public WatchSettings Settings { get; private set; }

    /// <summary>Its circuit.</summary>
    public CircuitBreaker Circuit => _circuit;

    /// <summary>Its models' rests.</summary>
    public CoolDowns Rests { get; } = new();

    /// <summary>Its limits.</summary>
    public QuotaBook Quota { get; } = new();

    /// <summary>Its traffic and checks.</summary>
    public HealthBook Health { get; }

    /// <summary>Takes other numbers; the circuit goes on in its state, with an empty window.</summary>
    /// <param name="settings">The numbers.</param>
    public void Use(WatchSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Circuit != Settings.Circuit)
        {
            _circuit = new CircuitBreaker(settings.Circuit, _circuit.ToRecord());
        }

        Settings = settings;
    }

    /// <summary>Takes in a call or a check of one of the provider's entries.</summary>
    /// <param name="report">As a gateway told it.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">Uniform in [0, 1): the jitter of an opening.</param>
    /// <returns>What it changed.</returns>
    public WatchChange Record(in AttemptReport report, DateTimeOffset now, double random)
    {
        var call = ObservedCall.Of(report, now);
        Health.Note(report, call.EndedAt);
        var change = _circuit.Record(call, now, random) ? WatchChange.Circuit : WatchChange.None;
        TimeSpan? advised = report.RestMilliseconds is { } rest ? TimeSpan.FromMilliseconds(Math.Max(0, rest)) : null;
        return !report.IsCheck && Rests.Note(report.Model, call, advised, Settings.CoolDown) ? change | WatchChange.Rest : change;
    }

    /// <summary>A score with what is to be known of its provider and model.</summary>
    /// <param name="score">From the outcomes.</param>
    /// <param name="keys">How many keys the provider has.</param>
    /// <param name="now">The time.</param>
    public ProviderScore Mark(in ProviderScore score, int keys, DateTimeOffset now)
    {
        var rest = Rests.Until(score.Model, now);
        var spent = Quota.SpentUntil(score.Model, keys, Settings.CoolDown.LongestAdvised, now);
        return score with
        {
            Status = Status(score.Status, now),
            Circuit = _circuit.State(now),
            Share = Lesser(ComingBack(now), Quota.Share(score.Model, keys, Settings.CoolDown.LowQuotaShare, now)),
            RestsUntil = rest is null || spent > rest ? spent : rest,
        };
    }

    /// <summary>The provider's status, by traffic first and checks then.</summary>
    /// <param name="byTraffic">As the outcomes say.</param>
    /// <param name="now">The time.</param>
    public ProviderStatus Status(ProviderStatus byTraffic, DateTimeOffset now) => byTraffic switch
    {
        ProviderStatus.Disabled => byTraffic,

        // The successes that closed its circuit say more than the failures that opened it, which are still in the window.
        ProviderStatus.Unhealthy when _circuit.Share(now) is not null => ProviderStatus.Degraded,
        _ => Settings.ActiveChecks ? Health.Status(byTraffic) : byTraffic,
    };

    /// <summary>What of the provider changes by time alone: where it differs, its scores are to be told anew.</summary>
    /// <param name="now">The time.</param>
    public (CircuitState State, double? Share) Face(DateTimeOffset now) => (_circuit.State(now), ComingBack(now));

    /// <summary>Forgets models that are no longer defined.</summary>
    /// <param name="definition">The definition now in force.</param>
    /// <param name="now">The time.</param>
    public void Retain(ProviderDefinition definition, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var defined = definition.Models.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        Rests.Retain(defined.Contains, now, Settings.CoolDown);
        Quota.Retain(defined.Contains);
    }

    private double? ComingBack(DateTimeOffset now) =>
        _circuit.Share(now) is { } share ? Math.Round(share * ShareSteps) / ShareSteps : null;

    private static double? Lesser(double? one, double? other) => one is null || other < one ? other : one;
}

/// <summary>What an outcome has changed.</summary>
[Flags]
public enum WatchChange
{
    /// <summary>Nothing that others must know at once.</summary>
    None = 0,

    /// <summary>The circuit opened or closed.</summary>
    Circuit = 1,

    /// <summary>A model begins to rest, or rests longer.</summary>
    Rest = 2,
}
