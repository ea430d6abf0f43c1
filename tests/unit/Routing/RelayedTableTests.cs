using ProxyCluster.Core.Routing;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class RelayedTableTests
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly RelayedTable _known = new();

    [Fact]
    public void Decide_BeforeTheTableWasHeard_AsksFirst() => Assert.Equal(RelayDecision.AskFirst, _known.Decide(default, default));

    [Fact]
    public void Decide_WithTheSameVersions_Waits()
    {
        Hear(definitions: 1, scores: 1);

        Assert.Equal(RelayDecision.Wait, _known.Decide(Version(1), Version(1)));
    }

    [Fact]
    public void Decide_OfANewGateway_IsAnswered()
    {
        Hear(definitions: 1);

        Assert.Equal(RelayDecision.Answer, _known.Decide(default, default));
    }

    [Fact]
    public void Decide_WithAFormerVersion_IsAnswered()
    {
        Hear(definitions: 1);
        Hear(definitions: 2);

        Assert.Equal(RelayDecision.Answer, _known.Decide(Version(1), default));
    }

    [Fact]
    public void Decide_WithAVersionNeverHeard_AsksFirst()
    {
        Hear(definitions: 1);

        Assert.Equal(RelayDecision.AskFirst, _known.Decide(Version(2), default));
    }

    [Fact]
    public void Decide_WithOtherScores_IsAnswered()
    {
        Hear(definitions: 1, scores: 1);

        Assert.Equal(RelayDecision.Answer, _known.Decide(Version(1), Version(2)));
    }

    [Fact]
    public void Decide_WithTheOldestOfTooManyVersions_AsksFirst()
    {
        for (var version = 1; version <= RelayedTable.MaxFormer + 2; version++)
        {
            Hear(version);
        }

        Assert.Equal(RelayDecision.AskFirst, _known.Decide(Version(1), default));
        Assert.Equal(RelayDecision.Answer, _known.Decide(Version(2), default));
    }

    [Fact]
    public void Take_OfNothingNew_TellsNobody_AndKeepsWhatIsKnown()
    {
        Hear(definitions: 1, scores: 1);

        Assert.False(_known.Take(null, null, 4));
        Assert.Equal((Version(1), Version(1), 4), (_known.Definitions.Version, _known.Scores.Version, _known.ActiveGateways));
        Assert.True(_known.Take(null, new ScoreVector(Version(2), []), 4));
    }

    private static SnapshotVersion Version(int counter) => new(Epoch, counter, (ulong)counter);

    private void Hear(int definitions, int? scores = null) => _known.Take(
        new RoutingDefinitions(Version(definitions), [], []), scores is { } counter ? new ScoreVector(Version(counter), []) : null, 1);
}
