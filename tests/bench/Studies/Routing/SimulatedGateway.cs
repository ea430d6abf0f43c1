using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>One gateway: its own counts, what it has not told yet, and the snapshot it routes by.</summary>
internal sealed class SimulatedGateway(Guid id, Random random) : IInFlightView
{
    private readonly Dictionary<string, int> _inFlight = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(AttemptReport Report, double EndedAt)>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InFlightForecast> _forecasts = new(StringComparer.Ordinal);
    private long _sequence;

    public Random Random => random;

    public RoutingIndex Index { get; set; } = RoutingIndex.Empty;

    /// <summary>Gateways that this one believes to be active.</summary>
    public int Gateways { get; init; } = 1;

    public int InFlight(string provider) => _inFlight.GetValueOrDefault(provider);

    public int InCluster(string provider, int told) =>
        _forecasts.TryGetValue(provider, out var forecast) ? forecast.InCluster(told, InFlight(provider), Gateways) : Math.Max(told, InFlight(provider));

    public void Began(string provider) => _inFlight[provider] = InFlight(provider) + 1;

    public void Ended(string provider, in AttemptReport report, double now)
    {
        _inFlight[provider]--;
        if (!_waiting.TryGetValue(provider, out var waiting))
        {
            _waiting[provider] = waiting = [];
        }

        waiting.Add((report, now));
    }

    /// <summary>Tells the provider's history what has ended and what is in flight, as one batch.</summary>
    public void Report(ProviderDefinition definition, ProviderHistory history, double now)
    {
        var clock = Cluster.Clock(now);
        history.Begin(id, ++_sequence, InFlight(definition.Name), clock);
        if (!_forecasts.TryGetValue(definition.Name, out var forecast))
        {
            _forecasts[definition.Name] = forecast = new InFlightForecast();
        }

        forecast.Tick(InFlight(definition.Name));
        if (!_waiting.Remove(definition.Name, out var waiting))
        {
            return;
        }

        foreach (var (report, endedAt) in waiting)
        {
            history.Add(report with { AgeMilliseconds = (int)((now - endedAt) * 1000) }, definition, clock);
        }
    }
}
