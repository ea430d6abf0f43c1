using System.Diagnostics.Metrics;

namespace ProxyCluster.Grains.Routing;

/// <summary>What a silo's relay counts. One instance a silo, as there is one relay.</summary>
internal sealed class RelayMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _answered;
    private readonly Counter<long> _asked;
    private int _gateways;

    public RelayMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Routing.Relay");
        _answered = _meter.CreateCounter<long>(
            "proxycluster.routing.relay.answered", "{poll}", "Polls of gateways that this silo's relay has answered.");
        _asked = _meter.CreateCounter<long>(
            "proxycluster.routing.relay.asked", "{poll}", "Polls that this silo's relay has sent to the routing table.");
        _meter.CreateObservableGauge(
            "proxycluster.routing.relay.gateways", () => Volatile.Read(ref _gateways), "{gateway}", "Gateways that this silo's relay serves.");
    }

    public void Answered() => _answered.Add(1);

    public void Asked() => _asked.Add(1);

    public void Serves(int gateways) => Volatile.Write(ref _gateways, gateways);

    public void Dispose() => _meter.Dispose();
}
