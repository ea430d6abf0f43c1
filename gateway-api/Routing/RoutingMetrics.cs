using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>What the routing slice counts in a gateway.</summary>
internal sealed class RoutingMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _resent;

    public RoutingMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Routing");
        _dropped = _meter.CreateCounter<long>(
            "proxycluster.routing.reports_dropped", "{report}", "Outcomes that were not reported, because the cluster has been away for too long.");
        _resent = _meter.CreateCounter<long>(
            "proxycluster.routing.batches_unanswered", "{batch}", "Batches of outcomes that were not acknowledged and are sent again.");
    }

    public void Dropped() => _dropped.Add(1);

    public void Unanswered() => _resent.Add(1);

    /// <summary>Shows the age of what the gateway routes by.</summary>
    public void ShowSnapshotAge(Func<double> seconds) => _meter.CreateObservableGauge(
        "proxycluster.routing.snapshot_age_seconds", seconds, "s", "Since the routing table was last heard.");

    public void Dispose() => _meter.Dispose();
}
