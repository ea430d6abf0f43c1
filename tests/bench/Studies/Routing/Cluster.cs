using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>
/// Histories and gateways, joined as in the product: each gateway reports every 250 ms at its own phase, scores are
/// taken every 250 ms and reach the gateways with the routing table's next round, 250 ms later.
/// </summary>
internal sealed class Cluster
{
    public const double Period = 0.25;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ImmutableArray<ProviderModel> _providers;
    private readonly Dictionary<string, (ProviderDefinition Definition, ProviderHistory History)> _histories = new(StringComparer.Ordinal);
    private readonly EventQueue _time;
    private readonly ScoreRules _rules;

    public Cluster(Mix mix, EventQueue time, Random random)
    {
        _providers = mix.Providers;
        _time = time;
        _rules = mix.Rules;
        Gateways = [.. Enumerable.Range(1, mix.Gateways).Select(i =>
            new SimulatedGateway(new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), new Random(random.Next())) { Gateways = mix.Gateways })];
        foreach (var provider in _providers)
        {
            _histories[provider.Name] = (provider.Definition, new ProviderHistory());
            time.At(provider.DefinedFrom, Define);
        }

        for (var i = 0; i < Gateways.Length; i++)
        {
            Repeat(Period * (i + 1) / Gateways.Length, Reporter(Gateways[i]));
        }

        Repeat(Period, Score);
    }

    public ImmutableArray<SimulatedGateway> Gateways { get; }

    public static DateTimeOffset Clock(double seconds) => Start.AddSeconds(seconds);

    private Action Reporter(SimulatedGateway gateway) => () =>
    {
        foreach (var (definition, history) in _histories.Values)
        {
            gateway.Report(definition, history, _time.Now);
        }
    };

    private void Define()
    {
        var definitions = RoutingDefinitions.Empty with
        {
            Providers = [.. _providers.Where(p => p.DefinedFrom <= _time.Now).Select(p => p.Definition)],
        };
        var index = RoutingIndex.Build(definitions, Vector(), ScoreWeights.Default, rules: _rules);
        foreach (var gateway in Gateways)
        {
            gateway.Index = index;
        }
    }

    private void Score()
    {
        var vector = Vector();
        _time.After(Period, () =>
        {
            foreach (var gateway in Gateways)
            {
                gateway.Index = gateway.Index.WithScores(vector);
            }
        });
    }

    private ScoreVector Vector()
    {
        var now = Clock(_time.Now);
        return new ScoreVector(SnapshotVersion.None, [.. _histories.Values.SelectMany(h => h.History.Scores(h.Definition, now))]);
    }

    private void Repeat(double first, Action action)
    {
        void Run()
        {
            action();
            _time.After(Period, Run);
        }

        _time.At(first, Run);
    }
}
