using ProxyCluster.Bench.Studies.Routing;

namespace ProxyCluster.Tests.Unit.Routing.Studies;

/// <summary>What strategies are held to, in virtual time and with one seed; the study itself takes more (docs/routing-study.md).</summary>
public sealed class RoutingTargetTests
{
    private readonly Study _study = new(seed: 1);

    public static TheoryData<string> Adaptive => [.. Choosers.Adaptive];

    public static TheoryData<string> MixNames => ["equal", "one slow", "one failing", "prices differ", "production trace"];

    [Theory]
    [MemberData(nameof(Adaptive))]
    public void OneSlowedTenfold_LosesItsLoadAndHardlyAnybodyWaits(string strategy) =>
        Assert.All(Targets.OneSlow(_study, strategy), AssertMet);

    [Theory]
    [MemberData(nameof(Adaptive))]
    public void OneFailingHalf_IsHardlySeenByClients(string strategy)
    {
        var target = Targets.OneFailing(_study, strategy);

        AssertMet(target);
        Assert.True(_study.Run(Mixes.OneFailing, strategy).AttemptsPerRequest > 1, "Nothing has failed at all.");
    }

    [Theory]
    [MemberData(nameof(MixNames))]
    public void Intelligent_OnAFixedMix_IsNearTheBestSingleStrategy(string name)
    {
        var mix = Mixes.Five.SingleOrDefault(m => m.Name == name);
        Assert.SkipWhen(mix is null, $"The trace is not beside the checkout: {Loads.TraceFile}.");

        AssertMet(Targets.BestSingle(_study, mix));
    }

    [Fact]
    public void Intelligent_AHealedProvider_GetsItsShareBack() => AssertMet(Targets.Recovery(_study));

    [Fact]
    public void Intelligent_ABetterNewcomer_IsFoundWithinAMinute() => AssertMet(Targets.Newcomer(_study));

    [Theory]
    [MemberData(nameof(Adaptive))]
    public void EightGateways_WithTheSameOldFigures_DoNotHerd(string strategy) => AssertMet(Targets.Herd(_study, strategy));

    [Fact]
    public void Run_TwiceWithOneSeed_IsTheSame()
    {
        var (one, other) = (_study.Run(Mixes.Bursts, "intelligent"), new Study(1).Run(Mixes.Bursts, "intelligent"));

        Assert.Equal((one.P50, one.P99, one.Share("a")), (other.P50, other.P99, other.Share("a")));
    }

    private static void AssertMet(Target target) => Assert.True(target.IsMet, target.ToString());
}
