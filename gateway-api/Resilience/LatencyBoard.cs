using System.Collections.Concurrent;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>How long each provider took for each of its models, whole answers and streams apart, as this gateway saw it.</summary>
internal sealed class LatencyBoard
{
    // Definitions bound the names; this bounds a file with very many of them.
    private const int MostSketches = 4096;

    private readonly ConcurrentDictionary<(string Provider, string Model, bool IsStreamed), LatencySketch> _sketches = new();

    /// <summary>Takes in what an answer took.</summary>
    public void Note(Candidate candidate, bool isStreamed, TimeSpan latency)
    {
        var key = (candidate.Provider.Name, candidate.Entry.Id, isStreamed);
        if (_sketches.TryGetValue(key, out var sketch) || (_sketches.Count < MostSketches && (sketch = _sketches.GetOrAdd(key, _ => new LatencySketch())) is not null))
        {
            sketch.Add(latency);
        }
    }

    /// <summary>What this share of its answers took at most; <see langword="null"/>: too little is known.</summary>
    public TimeSpan? Quantile(Candidate candidate, bool isStreamed, double share) =>
        _sketches.TryGetValue((candidate.Provider.Name, candidate.Entry.Id, isStreamed), out var sketch) ? sketch.Quantile(share) : null;
}
