using System.Diagnostics.Metrics;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>What the routing slice counts in a gateway.</summary>
internal sealed class RoutingMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _resent;
    private readonly Counter<long> _chosen;
    private readonly Counter<long> _explorations;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _strategyFaults;

    public RoutingMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Routing");
        _dropped = _meter.CreateCounter<long>(
            "proxycluster.routing.reports_dropped", "{report}", "Outcomes that were not reported, because the cluster has been away for too long.");
        _resent = _meter.CreateCounter<long>(
            "proxycluster.routing.batches_unanswered", "{batch}", "Batches of outcomes that were not acknowledged and are sent again.");
        _chosen = _meter.CreateCounter<long>("proxycluster.routing.choices", "{choice}", "Providers chosen for an attempt and then asked, by strategy.");
        _explorations = _meter.CreateCounter<long>(
            "proxycluster.routing.explorations", "{choice}", "Choices that were made so that a provider's score stays fresh, and whose provider was asked, by strategy.");
        _fallbacks = _meter.CreateCounter<long>("proxycluster.routing.fallbacks", "{request}", "Requests that another model took over from their alias's own, by what went wrong.");
        _strategyFaults = _meter.CreateCounter<long>("proxycluster.routing.strategy_faults", "{choice}", "Choices that a strategy of an extension failed to make.");
    }

    public void Dropped() => _dropped.Add(1);

    public void Unanswered() => _resent.Add(1);

    /// <summary>A provider was chosen and is asked: a choice that found no slot, or was made again, is none.</summary>
    public void Chosen(string strategy, string provider, bool explores)
    {
        var (by, who) = (new KeyValuePair<string, object?>("strategy", strategy), new KeyValuePair<string, object?>("provider", provider));
        _chosen.Add(1, by, who);
        if (explores)
        {
            _explorations.Add(1, by, who);
        }
    }

    public void FellBack(FallbackReason reason) =>
        _fallbacks.Add(1, new KeyValuePair<string, object?>("reason", FallbackReasons.NameOf(reason)));

    public void StrategyFailed(string strategy) => _strategyFaults.Add(1, new KeyValuePair<string, object?>("strategy", strategy));

    /// <summary>Shows the age of what the gateway routes by.</summary>
    public void ShowSnapshotAge(Func<double> seconds) => _meter.CreateObservableGauge(
        "proxycluster.routing.snapshot_age_seconds", seconds, "s", "Since the routing table was last heard.");

    public void Dispose() => _meter.Dispose();
}
