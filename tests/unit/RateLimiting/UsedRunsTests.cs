using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class UsedRunsTests
{
    private static readonly Guid Gateway = Guid.NewGuid();

    [Fact]
    public void Runs_OfAnExactLimit_JoinEqualAgesOnly() =>
        Assert.Equal([new UsedRun(50, 2), new UsedRun(49, 1), new UsedRun(-100, 3)], UsedRuns.Join([50, 50, 49, -100, -100, -100], isExact: true));

    [Fact]
    public void Runs_OfALargeLimit_AreDatedAsTheirYoungest() =>
        Assert.Equal([new UsedRun(140, 3), new UsedRun(100, 1)], UsedRuns.Join([200, 180, 140, 100], isExact: false));

    [Fact]
    public void Runs_WhoseAgesAreOutOfOrder_AreStillNoWiderThanTheyMayBe() =>
        Assert.Equal([new UsedRun(150, 3), new UsedRun(300, 1)], UsedRuns.Join([200, 150, 210, 300], isExact: false));

    [Fact]
    public void Runs_OfNothing_AreNone() => Assert.Empty(UsedRuns.Join([], isExact: true));

    [Fact]
    public void LargeLease_ReportedInRuns_CountsAsIfToldOneByOne()
    {
        var settings = new LimitSettings(1_000_000, 0, Block: false);
        var (byRuns, byAges) = (new LeaseBook(), new LeaseBook());
        int[] ages = [.. Enumerable.Range(0, 20_000).Select(i => 5_000 - (i / 4))];
        var runs = UsedRuns.Join(ages, isExact: false);
        foreach (var (book, report) in ((LeaseBook, Func<Guid, LeaseReport>)[])[
            (byRuns, id => new LeaseReport(id, [], true, 0, runs)), (byAges, id => new LeaseReport(id, [.. ages], true))])
        {
            var grant = book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 30_000, []), settings, 0);
            Assert.True(grant.ReadsRuns);
            book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 0, [report(grant.Lease)]), settings, 6_000);
        }

        Assert.True(runs.Length < 100, $"{runs.Length} runs");
        Assert.Equal(Remaining(byAges, settings, 6_000), Remaining(byRuns, settings, 6_000));
        Assert.Equal(1_000_000, Remaining(byRuns, settings, 66_300));
    }

    [Fact]
    public void Report_InRunsThatOverlapsWhatWasTold_CountsTheRestOnly()
    {
        var settings = new LimitSettings(100, 0, Block: false);
        var book = new LeaseBook();
        var grant = book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 20, []), settings, 0);
        book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 0, [new LeaseReport(grant.Lease, [], false, 0, [new UsedRun(0, 3), new UsedRun(0, 2)])]), settings, 10);

        // Told again from the first, and two more: seven in all.
        book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 0, [new LeaseReport(grant.Lease, [0, 0], true, 0, [new UsedRun(0, 2), new UsedRun(0, 3)])]), settings, 20);

        Assert.Equal(93, Remaining(book, settings, 20));
    }

    private static int Remaining(LeaseBook book, LimitSettings settings, long now) =>
        book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 0, []), settings, now).Windows[0].Remaining;
}
