using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>One gateway: its own counts, what it has not told yet, and the snapshot it routes by.</summary>
internal sealed class SimulatedGateway(Guid id, Random random) : IInFlightView, IProviderAdvice
{
    private readonly Dictionary<string, int> _inFlight = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(AttemptReport Report, double EndedAt)>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InFlightForecast> _forecasts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _permits = new(StringComparer.Ordinal);
    private long _sequence;

    public Random Random => random;

    public RoutingIndex Index { get; set; } = RoutingIndex.Empty;

    /// <summary>Gateways that this one believes to be active.</summary>
    public int Gateways { get; init; } = 1;

    public int InFlight(string provider) => _inFlight.GetValueOrDefault(provider);

    public int InCluster(string provider, int told) =>
        _forecasts.TryGetValue(provider, out var forecast) ? forecast.InCluster(told, InFlight(provider), Gateways) : Math.Max(told, InFlight(provider));

    public bool MayProbe(string provider, bool isUrgent) => _permits.ContainsKey(provider);

    public void Offer(string provider, long permit) => _permits[provider] = permit;

    /// <summary>The permit of a probe that is about to be sent; 0: it is none.</summary>
    public long TakePermit(string provider) => _permits.Remove(provider, out var permit) ? permit : 0;

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

    /// <summary>What has ended since the last round, as the batch that is told to the provider's grain.</summary>
    public IEnumerable<AttemptReport> Report(ProviderDefinition definition, ProviderHistory history, double now)
    {
        history.Begin(id, ++_sequence, InFlight(definition.Name), Cluster.Clock(now));
        if (!_forecasts.TryGetValue(definition.Name, out var forecast))
        {
            _forecasts[definition.Name] = forecast = new InFlightForecast();
        }

        forecast.Tick(InFlight(definition.Name));
        return _waiting.Remove(definition.Name, out var waiting)
            ? waiting.Select(w => w.Report with { AgeMilliseconds = (int)((now - w.EndedAt) * 1000) })
            : [];
    }
}
