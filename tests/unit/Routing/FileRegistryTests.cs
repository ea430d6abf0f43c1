using ProxyCluster.Core.Routing;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class FileRegistryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly FileClaim Nothing = new("", 0, 0);
    private static readonly FileClaim InForce = new("", 5, 100);

    private readonly FileRegistry _files = new(Start);

    [Fact]
    public void Decide_FirstFile_IsTaken() => Assert.Equal(FileDecision.Take, Decide(new("a", 1, 7), Nothing));

    [Fact]
    public void Decide_SameFile_IsInForce() => Assert.Equal(FileDecision.InForce, Decide(new("a", 5, 100), InForce));

    [Fact]
    public void Decide_HigherGeneration_IsTaken() => Assert.Equal(FileDecision.Take, Decide(new("a", 6, 7), InForce));

    [Fact]
    public void Decide_LowerGeneration_IsSuperseded() => Assert.Equal(FileDecision.Superseded, Decide(new("a", 4, 7), InForce));

    [Fact]
    public void Decide_SameGenerationOtherContent_HasDrifted() => Assert.Equal(FileDecision.Drifted, Decide(new("a", 5, 7), InForce));

    [Fact]
    public void Decide_WholeCluster_IsTakenWhateverItsGeneration() =>
        Assert.Equal(FileDecision.Take, _files.Decide(new("a", 4, 7), isWholeCluster: true, InForce, Start));

    [Fact]
    public void Decide_WhenNobodyHoldsTheOldOneForAMinute_IsTaken()
    {
        Assert.Equal(FileDecision.InForce, Decide(new("old", 5, 100), InForce));
        Assert.Equal(FileDecision.Drifted, Decide(new("new", 5, 7), InForce, TimeSpan.FromSeconds(59)));

        Assert.Equal(FileDecision.Take, Decide(new("new", 5, 7), InForce, TimeSpan.FromSeconds(61)));
    }

    [Fact]
    public void Decide_WhileAnotherStillHoldsTheOldOne_StaysDrifted()
    {
        Decide(new("old", 5, 100), InForce, TimeSpan.FromSeconds(100));

        Assert.Equal(FileDecision.Drifted, Decide(new("new", 5, 7), InForce, TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public void Live_AfterAMinute_HasForgotten()
    {
        Decide(new("a", 5, 100), InForce);

        Assert.Single(_files.Live(Start + FileRegistry.Memory));
        Assert.Empty(_files.Live(Start + FileRegistry.Memory + TimeSpan.FromTicks(1)));
    }

    private FileDecision Decide(FileClaim claim, FileClaim inForce, TimeSpan after = default) =>
        _files.Decide(claim, isWholeCluster: false, inForce, Start + after);
}
