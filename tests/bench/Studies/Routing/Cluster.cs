using System.Collections.Immutable;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
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
    private readonly ImmutableArray<ProviderBook> _books;
    private readonly Random _random;
    private readonly EventQueue _time;
    private readonly ScoreRules _rules;

    public Cluster(Mix mix, EventQueue time, Random random)
    {
        (_providers, _time, _random) = (mix.Providers, time, random);
        _books = [.. mix.Providers.Select(p => new ProviderBook(p.Definition))];
        _rules = mix.Rules;
        Gateways = [.. Enumerable.Range(1, mix.Gateways).Select(i =>
            new SimulatedGateway(new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), new Random(random.Next())) { Gateways = mix.Gateways })];
        foreach (var provider in _providers)
        {
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
        foreach (var book in _books)
        {
            foreach (var report in gateway.Report(book.Definition, book.History, _time.Now))
            {
                book.History.Add(report, book.Definition, Clock(_time.Now));
                book.Watch.Record(report, Clock(_time.Now), _random.NextDouble());
            }
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
        OfferProbes();
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
        return new ScoreVector(SnapshotVersion.None, [.. _books.SelectMany(b => b.History.Scores(b.Definition, now).Select(s => b.Watch.Mark(s, 0, now)))]);
    }

    // In the product a gateway asks for the permit; here it is given to one of them by chance.
    private void OfferProbes()
    {
        foreach (var book in _books)
        {
            if (book.Watch.Circuit.TryProbe(Clock(_time.Now)) is { Permit: not 0 } probe)
            {
                Gateways[_random.Next(Gateways.Length)].Offer(book.Definition.Name, probe.Permit);
            }
        }
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

    private sealed record ProviderBook(ProviderDefinition Definition)
    {
        public ProviderHistory History { get; } = new();

        public ProviderWatch Watch { get; } = new(WatchSettings.From(new RoutingOptions()), stored: null, Start);
    }
}
