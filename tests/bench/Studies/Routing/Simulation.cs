using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>Replays a load against providers that are chosen by one strategy. The same seed gives the same run.</summary>
internal sealed class Simulation
{
    private readonly EventQueue _time = new();
    private readonly List<Served> _served;
    private readonly Dictionary<string, SimulatedProvider> _providers;
    private readonly Cluster _cluster;
    private readonly Mix _mix;
    private readonly Chooser _choose;
    private readonly Random _door;

    private Simulation(Mix mix, Chooser choose, int seed)
    {
        var random = new Random(seed);
        (_mix, _choose, _served) = (mix, choose, new List<Served>(mix.Load.Count));
        _providers = mix.Providers.ToDictionary(p => p.Name, p => new SimulatedProvider(p, _time, new Random(random.Next())), StringComparer.Ordinal);
        _cluster = new Cluster(mix, _time, random);
        _door = new Random(random.Next());
    }

    public static Result Run(Mix mix, string strategy, Chooser choose, int seed)
    {
        var simulation = new Simulation(mix, choose, seed);
        simulation.Plan(0);
        simulation._time.RunUntil(mix.Load[^1].Seconds + 120);
        return new Result(mix, strategy, simulation._served);
    }

    // The next arrival is planned by the one before it: a queue of all of them would be searched at every step.
    private void Plan(int number)
    {
        if (number == _mix.Load.Count)
        {
            return;
        }

        var arrival = _mix.Load[number];
        _time.At(arrival.Seconds, () =>
        {
            var gateway = _cluster.Gateways[_door.Next(_mix.BusyGateways)];
            Try(gateway, arrival, []);
            Plan(number + 1);
        });
    }

    private void Try(SimulatedGateway gateway, Arrival arrival, int[] tried)
    {
        var candidates = gateway.Index.Resolve(Mix.Model);
        var wish = new PickRequest(ModelCapabilities.Chat, arrival.PromptTokens, arrival.OutputTokens);
        var picked = _choose(new Choice(candidates, wish, gateway, Cluster.Clock(_time.Now), tried));
        var provider = candidates[picked].Provider.Name;
        var (began, permit) = (_time.Now, gateway.TakePermit(provider));
        gateway.Began(provider);
        _providers[provider].Ask(arrival, answered =>
        {
            var outcome = answered ? AttemptOutcome.Succeeded : AttemptOutcome.ServerError;
            var took = TimeSpan.FromSeconds(_time.Now - began);
            var report = new AttemptReport(Mix.Model, outcome, Streamed: false, took, default, 0)
            {
                DurationMilliseconds = (int)took.TotalMilliseconds,
                Permit = permit,
            };
            gateway.Ended(provider, report, _time.Now);
            int[] asked = [.. tried, picked];
            if (answered || asked.Length == Math.Min(Mix.Attempts, candidates.Count))
            {
                var first = candidates[asked[0]].Provider.Name;
                var cost = answered ? _providers[provider].Model.Cost(arrival) : 0;
                _served.Add(new Served(arrival.Seconds, _time.Now - arrival.Seconds, answered, asked.Length, first, cost));
                return;
            }

            Try(gateway, arrival, asked);
        });
    }
}
