using System.Collections.Concurrent;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;

namespace ProxyCluster.Bench.Micro;

/// <summary>
/// From a model's name to the provider that gets the request, where all providers serve the model. Target: under 2 µs for
/// 100 providers, and no allocation, whatever the strategy.
/// </summary>
public class ProviderPickBench
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Regions = ["us-east", "eu-west", "ap-south", "sa-east"];

    private readonly Counts _inFlight = new();
    private RoutingIndex _index = RoutingIndex.Empty;
    private IRoutingStrategy _strategy = IntelligentStrategy.Instance;
    private GeoPoint? _here;
    private int _turn;

    [Params(3, 100)]
    public int Providers { get; set; }

    [ParamsSource(nameof(Strategies))]
    public string Strategy { get; set; } = "";

    public static IEnumerable<string> Strategies => BuiltInStrategies.All.Select(strategy => strategy.Name);

    [GlobalSetup]
    public void Setup()
    {
        ProviderDefinition[] definitions = [.. Enumerable.Range(0, Providers).Select(i => new ProviderDefinition
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"provider-{i}"),
            Type = "openai",
            Region = Regions[i % Regions.Length],
            Models = [new ModelDefinition { Id = "gpt-4o", ContextLengthTokens = 128_000, InputCostPerMillion = 2 + i, OutputCostPerMillion = 10 }],
        })];
        var scores = definitions.Select((p, i) => new ProviderScore(p.Name, "gpt-4o", 70 + (i % 3), 90, i % 7, ProviderStatus.Healthy) { LatencySeconds = 1 + (i % 5) });
        foreach (var provider in definitions)
        {
            _inFlight.ByProvider[provider.Name] = new Counter();
        }

        _index = RoutingIndex.Build(
            new RoutingDefinitions(SnapshotVersion.None, [.. definitions], []), new ScoreVector(SnapshotVersion.None, [.. scores]), ScoreWeights.Default);
        _strategy = BuiltInStrategies.Find(Strategy)!;
        _here = RegionMap.WellKnown.Find("eu-central");
    }

    [Benchmark]
    public int Pick()
    {
        var candidates = _index.Resolve("gpt-4o");
        var random = (_turn++ & 1023) / 1024.0;
        var request = new PickRequest(ModelCapabilities.Chat, 200, 256) { Client = _here, Prefix = (ulong)_turn };
        return ProviderPicker.Pick(candidates, request, _strategy, new PickMoment(_inFlight, random, Now));
    }

    // As a gateway counts: a counter for each provider, kept by whoever asks often.
    private sealed class Counts : IInFlightView
    {
        public ConcurrentDictionary<string, Counter> ByProvider { get; } = new(StringComparer.Ordinal);

        public int InFlight(string provider) => ByProvider.TryGetValue(provider, out var counter) ? counter.Own : 0;

        public IInFlightCounter CounterOf(string provider) => ByProvider[provider];
    }

    private sealed class Counter : IInFlightCounter
    {
        private readonly InFlightForecast _forecast = new();
        private readonly int _own = 1;

        public int Own => _own;

        public int InCluster(int told) => _forecast.InCluster(told, Own, 2);
    }
}
