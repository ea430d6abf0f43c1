using System.Diagnostics.Metrics;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Grains.Providers;

/// <summary>What the providers' grains of a silo count of circuits and rests. Tags are bounded: providers of the definitions, states.</summary>
internal sealed class CircuitMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _changes;
    private readonly Counter<long> _rests;

    public CircuitMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Circuits");
        _changes = _meter.CreateCounter<long>(
            "proxycluster.circuits.changes", "{change}", "Openings and closings of providers' circuits, by what they became.");
        _rests = _meter.CreateCounter<long>(
            "proxycluster.circuits.rests", "{rest}", "Rests of models whose limit at their provider was reached.");
    }

    public void Changed(string provider, CircuitState to) => _changes.Add(
        1,
        new KeyValuePair<string, object?>("provider", provider),
        new KeyValuePair<string, object?>("to", to == CircuitState.Closed ? "closed" : "open"));

    public void Rested(string provider) => _rests.Add(1, new KeyValuePair<string, object?>("provider", provider));

    public void Dispose() => _meter.Dispose();
}
