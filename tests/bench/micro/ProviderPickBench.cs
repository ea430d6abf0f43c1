using System.Globalization;
using BenchmarkDotNet.Attributes;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Micro;

/// <summary>From a model's name to the provider that gets the request. Target: no allocation, and a cost that does not grow with providers that do not serve the model.</summary>
public class ProviderPickBench
{
    private const int Serving = 3;

    private RoutingIndex _index = RoutingIndex.Empty;
    private int _turn;

    [Params(3, 100, 1000)]
    public int Providers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var definitions = Enumerable.Range(0, Providers).Select(i => new ProviderDefinition
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"provider-{i}"),
            Type = "openai",
            Models = [new ModelDefinition { Id = i < Serving ? "gpt-4o" : string.Create(CultureInfo.InvariantCulture, $"model-{i}"), ContextLengthTokens = 128_000 }],
        });
        var scores = Enumerable.Range(0, Providers).Select(i => new ProviderScore(
            string.Create(CultureInfo.InvariantCulture, $"provider-{i}"), i < Serving ? "gpt-4o" : string.Create(CultureInfo.InvariantCulture, $"model-{i}"), 70, 90, 0, ProviderStatus.Healthy));
        _index = RoutingIndex.Build(
            new RoutingDefinitions(SnapshotVersion.None, [.. definitions], []), new ScoreVector(SnapshotVersion.None, [.. scores]), ScoreWeights.Default);
    }

    [Benchmark]
    public int Pick()
    {
        var candidates = _index.Resolve("gpt-4o");
        var random = (_turn++ & 1023) / 1024.0;
        return ProviderPicker.Pick(candidates, new PickRequest(ModelCapabilities.Chat, 200, 256), NothingInFlight.Instance, random, []);
    }

    private sealed class NothingInFlight : IInFlightView
    {
        public static readonly NothingInFlight Instance = new();

        public int InFlight(string provider) => 0;
    }
}
