using System.Collections.Immutable;
using System.Globalization;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>What holds in every state, whatever the strategy. States are drawn at random from a fixed seed.</summary>
public sealed class PickPropertyTests
{
    private const int States = 2000;

    public static TheoryData<string> Strategies => [.. BuiltInStrategies.All.Select(strategy => strategy.Name)];

    [Theory, MemberData(nameof(Strategies))]
    public void Pick_InRandomStates_IsWhatExplainSays(string name)
    {
        var random = new Random(4711);
        var chosen = new HashSet<int>();
        for (var i = 0; i < States; i++)
        {
            var state = State.Draw(random);
            var explanation = ProviderPicker.Explain(state.Candidates, state.Request, BuiltInStrategies.Find(name)!, state.Moment);
            var again = ProviderPicker.Explain(state.Candidates, state.Request, BuiltInStrategies.Find(name)!, state.Moment);
            var picked = ProviderPicker.Pick(state.Candidates, state.Request, BuiltInStrategies.Find(name)!, state.Moment);

            Assert.True(picked == explanation.Chosen && picked == again.Chosen, $"State {i}: explained {explanation.Chosen} and {again.Chosen}, picked {picked}.");
            chosen.Add(picked);
        }

        Assert.True(chosen.Count > 5, "Too few different choices to prove anything.");
    }

    [Theory, MemberData(nameof(Strategies))]
    public void Pick_InRandomStates_TakesNobodyWhileABetterOneIsLeft(string name)
    {
        var random = new Random(815);
        var strategy = BuiltInStrategies.Find(name)!;
        for (var i = 0; i < States; i++)
        {
            var state = State.Draw(random);
            var picked = ProviderPicker.Pick(state.Candidates, state.Request, strategy, state.Moment);
            var allowed = state.Allowed();

            Assert.True(allowed.Count == 0 ? picked == -1 : allowed.Contains(picked), $"State {i}: picked {picked}, allowed are {string.Join(", ", allowed)}.");
        }
    }

    [Theory, MemberData(nameof(Strategies))]
    public void Explain_InRandomStates_GivesAReasonForEachThatIsNotEligible(string name)
    {
        var random = new Random(99);
        for (var i = 0; i < States; i++)
        {
            var state = State.Draw(random);
            var explanation = ProviderPicker.Explain(state.Candidates, state.Request, BuiltInStrategies.Find(name)!, state.Moment);

            Assert.All(explanation.Candidates, c => Assert.True(c.IsEligible || c.Exclusions != Exclusion.None, $"State {i}: {c.Candidate.Provider.Name} has no reason."));
            Assert.Equal(explanation.Chosen >= 0, explanation.Candidates.Any(c => c.IsEligible));
        }
    }

    [Theory]
    [InlineData("weighted_random")]
    [InlineData("intelligent")]
    [InlineData("least_connections")]
    [InlineData("cost")]
    [InlineData("geographic")]
    public void Shares_AmongEquals_AreThoseOfTheWeights(string name)
    {
        const int Picks = 40_000;
        double[] weights = [1, 2, 0.5, 4, 2.5];
        var set = Index([.. weights.Select((weight, i) => Provider($"p{i}", "m") with { Weight = weight })]).Resolve("m");
        var random = new Random(1);
        var counts = new int[weights.Length];
        for (var i = 0; i < Picks; i++)
        {
            counts[Pick(set, new PickRequest(ModelCapabilities.Chat, 10, 10), random.NextDouble(), strategy: BuiltInStrategies.Find(name))]++;
        }

        // Three standard deviations of the binomial are at most 0.75 % of the picks.
        Assert.All(counts, (count, i) => Assert.InRange(count / (double)Picks, (weights[i] / 10) - 0.0075, (weights[i] / 10) + 0.0075));
    }

    [Fact]
    public void RoundRobin_WhoeverIsAway_GivesThoseThatStayEqualShares()
    {
        var set = Index([.. Enumerable.Range(0, 7).Select(i => Provider($"p{i}", "m"))]).Resolve("m");
        var random = new Random(5);
        var counts = new int[7];
        for (var i = 0; i < 7000; i++)
        {
            var away = random.Next(3); // one of the first three, another one each time
            counts[Pick(set, new PickRequest(ModelCapabilities.Chat, 10, 10), tried: [away], strategy: RoundRobinStrategy.Instance)]++;
        }

        Assert.All(counts[3..], count => Assert.InRange(count, counts[3] - 1, counts[3] + 1));
        Assert.True(counts[3] >= 7000 / 7, $"Those that stay had {counts[3]} turns each.");
    }

    [Fact]
    public async Task RoundRobin_ByManyAtOnce_GivesExactShares()
    {
        var set = Index([.. Enumerable.Range(0, 4).Select(i => Provider($"p{i}", "m"))]).Resolve("m");
        var counts = new int[4];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                Interlocked.Increment(ref counts[Pick(set, new PickRequest(ModelCapabilities.Chat, 10, 10), strategy: RoundRobinStrategy.Instance)]);
            }
        })));

        Assert.Equal([10_000, 10_000, 10_000, 10_000], counts);
    }

    [Fact]
    public void PrefixAffinity_UnderAnyLoad_HoldsTheBound()
    {
        var random = new Random(3);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var set = Index([.. Enumerable.Range(0, 5).Select(i => Provider($"p{i}", "m") with { MaxConcurrency = 100_000 })]).Resolve("m");
        for (var i = 0; i < 5; i++)
        {
            counts[$"p{i}"] = 0;
        }

        for (var i = 0; i < 5000; i++)
        {
            // Nine of ten requests belong to one conversation; now and then one ends.
            var prefix = (ulong)(random.Next(10) == 0 ? random.Next(1000) : 7);
            var before = counts.Values.Sum();
            var name = set[Pick(
                set,
                new PickRequest(ModelCapabilities.Chat, 10, 10) { Prefix = prefix },
                random.NextDouble(),
                inFlight: new Idle { Counts = counts.ToImmutableDictionary(StringComparer.Ordinal) },
                strategy: PrefixAffinityStrategy.Instance)].Provider.Name;
            counts[name]++;
            var bound = Math.Max(PrefixAffinityStrategy.LeastBound, Math.Ceiling(PrefixAffinityStrategy.LoadFactor * (before + 1) / 5));
            Assert.True(counts[name] <= bound, $"Request {i}: {name} has {counts[name]} in flight, the bound is {bound}.");
            var leaving = $"p{random.Next(5)}";
            counts[leaving] -= random.Next(4) == 0 && counts[leaving] > 0 ? 1 : 0;
        }

        Assert.True(counts.Values.Sum() > 1000, "Too little was in flight to prove anything.");
    }

    [Theory, MemberData(nameof(Strategies))]
    public void Pick_ByEveryStrategy_AllocatesNothing(string name)
    {
        var strategy = BuiltInStrategies.Find(name)!;
        foreach (var count in new[] { 100, 200 })
        {
            var index = Index([.. Enumerable.Range(0, count).Select(i => Provider(string.Create(CultureInfo.InvariantCulture, $"p{i}"), "m"))]);
            Measure(index, strategy);

            // A collection in between may empty the pool of arrays, once.
            Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => Measure(index, strategy)));
        }
    }

    private static long Measure(RoutingIndex index, IRoutingStrategy strategy)
    {
        var request = new PickRequest(ModelCapabilities.Chat, 100, 100) { Prefix = 9, Client = new GeoPoint(1, 2) };
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            Pick(index.Resolve("m"), request, i / 200.0, strategy: strategy);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Up to eight providers of one model, each in a state of its own.</summary>
    private sealed class State(RoutingIndex index, ProviderScore[] scores, PickRequest request, double random, int[] tried, Idle inFlight, Permits permits)
    {
        public CandidateSet Candidates => index.Resolve("m");

        public PickRequest Request => request;

        public PickMoment Moment => new(inFlight, random, Now) { Tried = tried, Advice = permits };

        public static State Draw(Random random)
        {
            var count = random.Next(1, 9);
            ProviderDefinition[] providers = [.. Enumerable.Range(0, count).Select(i => Provider($"p{i}") with
            {
                Models = [new ModelDefinition
                {
                    Id = "m",
                    ContextLengthTokens = random.Next(3) == 0 ? 100 : 0,
                    Capabilities = random.Next(6) == 0 ? ModelCapabilities.Embeddings : ModelDefinition.DefaultCapabilities,
                    InputCostPerMillion = random.Next(2) == 0 ? random.Next(20) : null,
                }],
                MaxConcurrency = random.Next(1, 6),
                Priority = random.Next(1, 3),
                Weight = random.Next(4),
                Region = random.Next(2) == 0 ? "eu-west" : "us-east",
            })];
            ProviderScore[] scores = [.. providers.Select(p => new ProviderScore(
                p.Name, "m", random.Next(100), random.Next(100), random.Next(4), random.Next(5) == 0 ? ProviderStatus.Unhealthy : ProviderStatus.Healthy)
            {
                Circuit = random.Next(3) == 0 ? (CircuitState)random.Next(3) : CircuitState.Closed,
                Share = random.Next(4) == 0 ? random.NextDouble() : null,
                RestsUntil = random.Next(4) == 0 ? Now.AddSeconds(random.Next(-2, 4)) : null,
                LatencySeconds = random.Next(3) == 0 ? null : random.NextDouble(),
            })];
            var request = new PickRequest(ModelCapabilities.Chat, random.Next(2) == 0 ? 500 : 10, 0)
            {
                Prefix = (ulong)random.Next(50),
                Client = RegionMap.WellKnown.Find("eu-central"),
                OnlyProvider = random.Next(10) == 0 ? $"p{random.Next(count)}" : null,
            };
            int[] tried = [.. Enumerable.Range(0, count).Where(_ => random.Next(5) == 0)];
            var inFlight = new Idle { Counts = providers.ToImmutableDictionary(p => p.Name, _ => random.Next(5)) };
            return new State(Index(providers, [], scores), scores, request, random.NextDouble(), tried, inFlight, new Permits($"p{random.Next(count)}"));
        }

        // Written from the rules, not from the code: first who can serve at all, then by what speaks against each.
        public HashSet<int> Allowed()
        {
            var set = Candidates;
            var able = Enumerable.Range(0, set.Count).Where(i => !tried.Contains(i)
                && set[i].Capabilities.HasFlag(ModelCapabilities.Chat)
                && (request.OnlyProvider is null || request.OnlyProvider == set[i].Provider.Name)).ToList();
            var fitting = able.Where(i => set[i].Entry.ContextLengthTokens == 0 || request.TotalTokens <= 100).ToList();
            able = fitting.Count > 0 ? fitting : able;
            if (able.Count == 0)
            {
                return [];
            }

            var best = able.Min(WeightOf);
            able = [.. able.Where(i => WeightOf(i) == best)];
            if (able.All(IsResting))
            {
                var first = able.Min(i => ScoreOf(i).RestsUntil);
                able = [.. able.Where(i => ScoreOf(i).RestsUntil == first)];
            }

            return [.. able];
        }

        private ProviderScore ScoreOf(int i) => scores.Single(s => s.Provider == Candidates[i].Provider.Name);

        private bool IsResting(int i) => ScoreOf(i).RestsUntil > Now;

        private int WeightOf(int i)
        {
            var score = ScoreOf(i);
            var isFull = Math.Max(score.InFlight, inFlight.InFlight(score.Provider)) >= Candidates[i].Provider.MaxConcurrency;
            var isProbe = score.Circuit == CircuitState.HalfOpen && permits.MayProbe(score.Provider, isUrgent: false);
            if (isProbe && !isFull && !IsResting(i))
            {
                return -1;
            }

            // Whether a slow start passes over is by chance: explain tells it.
            var passedOver = score.Share is not null
                && ProviderPicker.Explain(Candidates, request, IntelligentStrategy.Instance, Moment).Candidates[i].Exclusions.HasFlag(Exclusion.SlowStart);
            return (score.Circuit == CircuitState.Open ? 32 : 0)
                + (IsResting(i) ? 16 : 0)
                + (score.Circuit == CircuitState.HalfOpen && !isProbe ? 8 : 0)
                + (score.Status == ProviderStatus.Unhealthy ? 4 : 0)
                + (isFull ? 2 : 0)
                + (passedOver ? 1 : 0);
        }
    }

    private sealed class Permits(string provider) : IProviderAdvice
    {
        public bool MayProbe(string name, bool isUrgent) => name == provider;
    }
}
