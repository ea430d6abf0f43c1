using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>Who may be asked, in which order the others follow, and which reason each is told.</summary>
public sealed class EligibilityTests
{
    private static readonly PickRequest Chat = new(ModelCapabilities.Chat, 100, 100);

    [Fact]
    public void Circuit_Open_IsPassedOverWhileAnotherIsLeft()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 100) with { Circuit = CircuitState.Open }, Score("b", 0));

        Assert.Equal([("a", "CircuitOpen"), ("b", "")], Told(index));
        Assert.Equal(["b", "a"], Chain(index));
    }

    [Fact]
    public void Circuit_AllOpen_TheBestIsAskedAllTheSame()
    {
        var index = Index(
            [Provider("a", "m"), Provider("b", "m")],
            [],
            Score("a", 10) with { Circuit = CircuitState.Open },
            Score("b", 90) with { Circuit = CircuitState.Open });

        Assert.Equal(["b", "a"], Chain(index));
    }

    [Fact]
    public void Circuit_HalfOpen_IsForTheProbeOnly()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 0) with { Circuit = CircuitState.HalfOpen }, Score("b", 100));

        Assert.Equal([("a", "CircuitHalfOpen"), ("b", "")], Told(index));
        Assert.Equal("b", Chain(index)[0]);

        // With the permit it goes first, though the other one is better.
        Assert.Equal([("a", ""), ("b", "ProbeFirst")], Told(index, new Permits("a")));
        Assert.Equal(["a", "b"], Chain(index, new Permits("a")));
        Assert.Equal("b", Chain(index, new Permits("c"))[0]);
    }

    [Fact]
    public void Circuit_HalfOpen_IsNotForARequestThatIsToBeSpared()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 0) with { Circuit = CircuitState.HalfOpen }, Score("b", 100));

        Assert.Equal([("a", "CircuitHalfOpen"), ("b", "")], Told(index, new Permits("a"), Chat with { IsUrgent = true }));
        Assert.Equal(["b", "a"], Chain(index, new Permits("a"), Chat with { IsUrgent = true }));
    }

    [Fact]
    public void Rest_NotOver_IsPassedOver_AndOfRestsTheShortestIsTaken()
    {
        ProviderScore Resting(string name, double performance, int seconds) => Score(name, performance) with { RestsUntil = Now.AddSeconds(seconds) };
        var index = Index([Provider("a", "m"), Provider("b", "m"), Provider("c", "m")], [], Resting("a", 100, 30), Resting("b", 0, 5), Resting("c", 50, 0));

        Assert.Equal([("a", "Resting"), ("b", "Resting"), ("c", "")], Told(index));
        Assert.Equal(["c", "b", "a"], Chain(index));
    }

    [Fact]
    public void Reasons_OfDifferentWeight_OrderThoseThatAreLeft()
    {
        var index = Index(
            [
                Provider("open", "m"), Provider("resting", "m"), Provider("half", "m"), Provider("unhealthy", "m"),
                Provider("full", "m") with { MaxConcurrency = 1 }, Provider("well", "m"),
            ],
            [],
            Score("open", 100) with { Circuit = CircuitState.Open },
            Score("resting", 100) with { RestsUntil = Now.AddSeconds(9) },
            Score("half", 100) with { Circuit = CircuitState.HalfOpen },
            Score("unhealthy", 100, ProviderStatus.Unhealthy),
            Score("full", 100, inFlight: 1),
            Score("well", 0));

        Assert.Equal(["well", "full", "unhealthy", "half", "resting", "open"], Chain(index));
    }

    [Theory]
    [InlineData("intelligent")]
    [InlineData("round_robin")]
    [InlineData("least_connections")]
    [InlineData("weighted_random")]
    [InlineData("geographic")]
    [InlineData("latency")]
    [InlineData("cost")]
    [InlineData("priority")]
    [InlineData("prefix_affinity")]
    public void SlowStart_UnderEveryStrategy_ScalesTheTraffic(string strategy)
    {
        var random = new Random(11);
        double[] draws = [.. Enumerable.Range(0, 4000).Select(_ => random.NextDouble())];
        int Picks(double? share)
        {
            var index = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 60) with { Share = share }, Score("b", 60));
            var set = index.Resolve("m");
            var prefix = (ulong)0;
            return draws.Count(draw => set[Pick(set, Chat with { Prefix = prefix++ }, draw, strategy: BuiltInStrategies.Find(strategy))].Provider.Name == "a");
        }

        var whole = Picks(null);

        // Turns that are passed over go to the other one, which is then the last to have had a turn.
        var expected = strategy == "round_robin" ? draws.Length * 0.25 / 1.25 : whole * 0.25;
        Assert.InRange(Picks(0.25), expected * 0.85, expected * 1.15);
    }

    [Fact]
    public void SlowStart_NobodyElseIsLeft_GetsAll()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 60) with { Share = 0.1 }, Score("b", 60, ProviderStatus.Unhealthy));

        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal("a", Chain(index, random: i / 100.0)[0]));
    }

    [Fact]
    public void OnlyProvider_AnotherIsBetter_IsNotAsked()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 100), Score("b", 0, ProviderStatus.Unhealthy));

        Assert.Equal([("a", "NotNamed"), ("b", "Unhealthy")], Told(index, request: Chat with { OnlyProvider = "b" }));
        Assert.Equal(["b"], Chain(index, request: Chat with { OnlyProvider = "b" }));
    }

    [Fact]
    public void Definition_DisabledOrDraining_IsToldAndNeverAsked()
    {
        var index = Index(Provider("a", "m") with { Enabled = false }, Provider("b", "m") with { Draining = true }, Provider("c", "m"));

        Assert.Equal([("c", ""), ("a", "Disabled"), ("b", "Draining")], Told(index));
        Assert.Equal(["c"], Chain(index));
        Assert.Equal(CandidateState.OutOfService, Index(Provider("a", "m") with { Enabled = false }).Resolve("m").State);
    }

    [Fact]
    public void Request_ForWhatSomeCannot_TellsEachItsReason()
    {
        var blind = Provider("blind") with { Models = [new() { Id = "m", Capabilities = ModelCapabilities.Chat }] };
        var small = Provider("small") with { Models = [new() { Id = "m", ContextLengthTokens = 50 }] };
        var whole = Provider("whole") with { Models = [new() { Id = "m", Capabilities = ModelCapabilities.Chat | ModelCapabilities.Vision }] };
        var index = Index(blind, small, whole, Provider("fits", "m"));

        Assert.Equal(
            [("blind", "Capability"), ("small", "ContextLength"), ("whole", "Makeshift"), ("fits", "")],
            Told(index, request: Chat with { Required = ModelCapabilities.Chat | ModelCapabilities.Vision | ModelCapabilities.Streaming }));
    }

    [Fact]
    public void OrderedAlias_LaterOnes_AreToldSo()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m")], [new AliasDefinition("x", ["b/m", "a/m"], true)]);

        Assert.Equal([("b", ""), ("a", "LaterInOrder")], Told(index, model: "x", strategy: PriorityStrategy.Instance));
    }

    private static List<(string Name, string Reasons)> Told(
        RoutingIndex index, IProviderAdvice? advice = null, PickRequest? request = null, string model = "m", IRoutingStrategy? strategy = null)
    {
        var moment = new PickMoment(new Idle(), 0.5, Now) { Advice = advice };
        var explanation = ProviderPicker.Explain(index.Resolve(model), request ?? Chat, strategy ?? IntelligentStrategy.Instance, moment);
        return [.. explanation.Candidates.Select(c => (c.Candidate.Provider.Name, c.Exclusions == Exclusion.None ? "" : c.Exclusions.ToString()))];
    }

    private static List<string> Chain(RoutingIndex index, IProviderAdvice? advice = null, PickRequest? request = null, double random = 0.5)
    {
        var set = index.Resolve("m");
        var tried = new List<int>();
        while (ProviderPicker.Pick(
            set, request ?? Chat, IntelligentStrategy.Instance, new PickMoment(new Idle(), random, Now) { Tried = tried.ToArray(), Advice = advice }) is var next and >= 0)
        {
            tried.Add(next);
        }

        return [.. tried.Select(i => set[i].Provider.Name)];
    }

    private sealed class Permits(string provider) : IProviderAdvice
    {
        public bool MayProbe(string name, bool isUrgent) => name == provider && !isUrgent;
    }
}
