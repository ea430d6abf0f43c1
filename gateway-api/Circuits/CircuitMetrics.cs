using System.Diagnostics.Metrics;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>What a gateway counts of circuits, probes and checks. Tags are bounded: providers of the definitions, kinds.</summary>
internal sealed class CircuitMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _hints;
    private readonly Counter<long> _probes;
    private readonly Counter<long> _checks;

    public CircuitMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Circuits.Gateway");
        _hints = _meter.CreateCounter<long>(
            "proxycluster.circuits.hints", "{hint}", "Times that this gateway has left a provider alone by its own word, before the cluster's.");
        _probes = _meter.CreateCounter<long>(
            "proxycluster.circuits.probes", "{probe}", "Permits to probe a half-open circuit that this gateway was given.");
        _checks = _meter.CreateCounter<long>(
            "proxycluster.circuits.checks", "{check}", "Checks of idle and half-open providers that this gateway has made, by outcome.");
    }

    /// <summary>Shows the state of every provider's circuit, as this gateway routes by it: 0 closed, 1 open, 2 half-open.</summary>
    public void ShowStates(Func<IEnumerable<(string Provider, CircuitState State)>> states) => _meter.CreateObservableGauge(
        "proxycluster.circuits.state",
        () => states().Select(one => new Measurement<int>((int)one.State, new KeyValuePair<string, object?>("provider", one.Provider))),
        "{state}",
        "A provider's circuit: 0 closed, 1 open, 2 half-open.");

    public void Shunned(string provider) => _hints.Add(1, new KeyValuePair<string, object?>("provider", provider));

    public void Permitted(string provider) => _probes.Add(1, new KeyValuePair<string, object?>("provider", provider));

    public void Checked(string provider, AttemptOutcome outcome) => _checks.Add(
        1,
        new KeyValuePair<string, object?>("provider", provider),
        new KeyValuePair<string, object?>("outcome", Pipeline.GatewayMetrics.NameOf(outcome)));

    public void Dispose() => _meter.Dispose();
}
