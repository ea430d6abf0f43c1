using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.Grains.Routing;

namespace ProxyCluster.Grains.Providers;

/// <summary>Keeps the provider's circuit for the whole cluster: <see cref="ProviderWatch"/> decides, here it is stored, told and shown.</summary>
/// <remarks>
/// An opening is told before it is stored: gateways are to leave the provider alone at once, also while the store is
/// down. What could not be stored is stored again with the next tick.
/// </remarks>
internal sealed partial class ProviderGrain
{
    private static readonly TimeSpan NothingToProbe = TimeSpan.FromSeconds(5);

    private ProviderWatch? _watchOrNull;
    private RoutingOptions? _watchedBy;
    private (CircuitState State, double? Share) _toldFace;
    private bool _circuitIsUnstored;
    private bool _storing;

    // Made when it is first needed, so that it begins with what was stored, and takes new settings as they come.
    private ProviderWatch Watch
    {
        get
        {
            var routing = options.CurrentValue.Routing;
            if (_watchOrNull is null)
            {
                _watchOrNull = new ProviderWatch(WatchSettings.From(routing), circuitStore.State.Circuit, clock.GetUtcNow());
                _watchedBy = routing;
            }
            else if (!ReferenceEquals(_watchedBy, routing))
            {
                _watchOrNull.Use(WatchSettings.From(routing));
                _watchedBy = routing;
            }

            return _watchOrNull;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ProbePermit> TryProbeAsync(ProbeKind kind)
    {
        var now = clock.GetUtcNow();
        if (Definition is not { Enabled: true, Draining: false })
        {
            return new(new ProbePermit(0, NothingToProbe));
        }

        var watch = Watch;
        if (kind == ProbeKind.HalfOpen)
        {
            var answer = watch.Circuit.TryProbe(now);
            return new(new ProbePermit(answer.Permit, answer.Permit == 0 && answer.Time == TimeSpan.Zero ? NothingToProbe : answer.Time));
        }

        var mayCheck = watch.Settings.ActiveChecks && watch.Circuit.State(now) == CircuitState.Closed && watch.Health.TryCheck(watch.Settings.Idle, now);
        return new(mayCheck ? new ProbePermit(now.UtcTicks, watch.Settings.Circuit.ProbeTime) : new ProbePermit(0, watch.Settings.Idle));
    }

    private void Note(OutcomeBatch batch, ProviderDefinition definition, DateTimeOffset now)
    {
        var watch = Watch;
        var change = WatchChange.None;
        foreach (var report in batch.Reports.AsSpan()[..Math.Min(batch.Reports.Length, ProviderHistory.MaxReports)])
        {
            if (!report.IsCheck)
            {
                _history.Add(report, definition, now);
            }

            change |= Note(watch, report, definition, now);
        }

        foreach (var quota in batch.Quotas.IsDefault ? [] : batch.Quotas)
        {
            if (Has(definition, quota.Model))
            {
                watch.Quota.Note(quota.Model, quota.Key, new QuotaReading(quota.Requests, quota.Tokens), quota.SeenAt);
            }
        }

        _dirty = true;
        if (change != WatchChange.None)
        {
            // At once, and not with the next tick: each moment sends calls to a provider that does not answer.
            _isUrgent = true;
            _ = TickAsync(CancellationToken.None);
        }
    }

    private WatchChange Note(ProviderWatch watch, in AttemptReport report, ProviderDefinition definition, DateTimeOffset now)
    {
        if ((uint)report.Outcome >= AttemptOutcomes.Count || (!report.IsCheck && !Has(definition, report.Model)))
        {
            return WatchChange.None;
        }

        var change = watch.Record(report, now, Random(now));
        if ((change & WatchChange.Rest) != 0)
        {
            circuitMetrics.Rested(_name);
        }

        if ((change & WatchChange.Circuit) != 0)
        {
            NoteCircuit(watch.Circuit, now);
        }

        return change;
    }

    // Asked for each request that was served: a lambda would be an object, and its list boxed another.
    private static bool Has(ProviderDefinition definition, string model)
    {
        foreach (var entry in definition.Models)
        {
            if (entry.Id == model)
            {
                return true;
            }
        }

        return false;
    }

    private void NoteCircuit(CircuitBreaker circuit, DateTimeOffset now)
    {
        _circuitIsUnstored = true;
        var state = circuit.State(now);
        circuitMetrics.Changed(_name, state);
        if (state == CircuitState.Closed)
        {
            LogClosed(logger, _name);
            return;
        }

        LogOpened(logger, _name, (circuit.NextProbe(now)!.Value - now).TotalSeconds, circuit.Openings);
    }

    private ImmutableArray<ProviderScore> Scores(ProviderDefinition definition, DateTimeOffset now)
    {
        var (watch, keys) = (Watch, KeysOf(definition));
        return [.. _history.Scores(definition, now).Select(score => watch.Mark(score, keys, now))];
    }

    private ProviderDescription Describe(ProviderDefinition definition, DateTimeOffset now)
    {
        var watch = Watch;
        var outcomes = Enum.GetValues<AttemptOutcome>().Select(o => new OutcomeCount(o, _history.Total(o)));
        var scores = Scores(definition, now);
        var circuit = watch.Circuit;
        return new ProviderDescription(definition, watch.Status(_history.Status(definition, now), now), scores, [.. outcomes])
        {
            Circuit = new CircuitDescription(circuit.State(now), circuit.Since, circuit.Openings, circuit.NextProbe(now), circuit.Share(now)),
            Rests = [.. scores.Where(s => s.RestsUntil is not null).Select(s => new ModelRest(s.Model, s.RestsUntil!.Value))],
            Quotas = watch.Quota.ToArray(),
            Health = new HealthDescription(
                watch.Health.LastTraffic, watch.Health.LastCheck, watch.Health.CheckOutcome, watch.Health.IsIdle(watch.Settings.Idle, now)),
        };
    }

    // What was found out at another address, or under other keys, does not hold for the new ones.
    private void RenewWatch(ProviderDefinition? before, ProviderDefinition? after)
    {
        var isSameUpstream = before is not null && after is not null
            && before.Type == after.Type && before.BaseUrl == after.BaseUrl
            && SecretEnvelope.AreOfSameSecret(before.ApiKey, after.ApiKey)
            && before.ApiKeys.Length == after.ApiKeys.Length
            && before.ApiKeys.Zip(after.ApiKeys).All(static keys => SecretEnvelope.AreOfSameSecret(keys.First, keys.Second));
        if (isSameUpstream)
        {
            Watch.Retain(after!, clock.GetUtcNow());
            return;
        }

        _circuitIsUnstored |= circuitStore.State.Circuit is not null || _watchOrNull?.Circuit.Since is not null;
        _watchedBy = options.CurrentValue.Routing;
        _watchOrNull = new ProviderWatch(WatchSettings.From(_watchedBy), stored: null, clock.GetUtcNow());
    }

    private async Task StoreCircuitWhenDueAsync()
    {
        if (!_circuitIsUnstored)
        {
            return;
        }

        _storing = true;
        _circuitIsUnstored = false;
        var previous = circuitStore.State;
        circuitStore.State = new ProviderCircuitState { Circuit = Watch.Circuit.Since is null ? null : Watch.Circuit.ToRecord() };
        try
        {
            await circuitStore.WriteStateAsync();
        }
        catch (Exception exception)
        {
            circuitStore.State = previous;
            _circuitIsUnstored = true;
            LogCircuitNotStored(logger, exception.Message, _name);
            if (exception is InconsistentStateException)
            {
                // Another activation keeps the circuit from now on.
                this.DeactivateOnIdle();
            }
        }
        finally
        {
            _storing = false;
        }
    }

    private static int KeysOf(ProviderDefinition definition) => (definition.ApiKey is null ? 0 : 1) + definition.ApiKeys.Length;

    // Providers that open together must not come back together; nothing more is asked of this number.
    private double Random(DateTimeOffset now) =>
        (XxHash3.HashToUInt64(MemoryMarshal.AsBytes(_name.AsSpan()), now.UtcTicks) >> 11) * (1.0 / (1UL << 53));

    [LoggerMessage(RoutingEventIds.CircuitOpened, LogLevel.Warning, "The circuit of {Provider} opened for {Seconds:F1} s; in a row: {Openings}")]
    private static partial void LogOpened(ILogger logger, string provider, double seconds, int openings);

    [LoggerMessage(RoutingEventIds.CircuitClosed, LogLevel.Information, "The circuit of {Provider} closed: it answers again")]
    private static partial void LogClosed(ILogger logger, string provider);

    [LoggerMessage(RoutingEventIds.CircuitNotStored, LogLevel.Warning, "The circuit of {Provider} could not be stored ({Reason}); it is in force all the same")]
    private static partial void LogCircuitNotStored(ILogger logger, string reason, string provider);
}
