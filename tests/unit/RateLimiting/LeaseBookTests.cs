using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class LeaseBookTests
{
    private static readonly Guid Gateway = Guid.NewGuid();
    private static readonly Guid OtherGateway = Guid.NewGuid();
    private static readonly LimitSettings Ten = new(10, 0, Block: false);
    private static readonly LimitSettings TenBlocking = new(10, 0, Block: true);

    private readonly LeaseBook _book = new();

    [Fact]
    public void Lease_OfAFreshBook_KeepsAPartForAGatewayThatHasNotAsked() =>
        Assert.Equal(5, Ask(Ten, 100, now: 0).Tokens);

    [Fact]
    public void Lease_WithAnotherGatewayHolding_KeepsAThird()
    {
        Ask(Ten, 1, now: 0, gateway: OtherGateway);

        Assert.Equal(3, Ask(Ten, 100, now: 0).Tokens);
    }

    [Fact]
    public void Lease_Granted_TellsTimeToLiveAndWindows()
    {
        var grant = Ask(new LimitSettings(10, 100, Block: true), 4, now: 0);

        Assert.Equal(TimeSpan.FromSeconds(10), grant.TimeToLive);
        Assert.Equal(LimitWindow.Minute, grant.Limiting);
        Assert.Equal([new WindowStatus(LimitWindow.Minute, 10, 6, TimeSpan.FromMinutes(1)), new WindowStatus(LimitWindow.Hour, 100, 96, TimeSpan.FromHours(1))], grant.Windows);
    }

    [Fact]
    public void Lease_HourWithLessLeft_IsTheLimitingWindow()
    {
        var grant = Ask(new LimitSettings(100, 10, Block: true), 4, now: 0);

        Assert.Equal(LimitWindow.Hour, grant.Limiting);
    }

    [Fact]
    public void Lease_SameRequestAgain_IsTheSameLeaseWithTheTimeThatIsLeft()
    {
        var request = new LeaseRequest(Gateway, Guid.NewGuid(), 4, []);
        var first = _book.Lease(request, Ten, 0);
        var again = _book.Lease(request, Ten, 3_000);

        Assert.Equal((first.Lease, 4, TimeSpan.FromSeconds(7)), (again.Lease, again.Tokens, again.TimeToLive));
        Assert.Equal(4, _book.Outstanding);
    }

    [Fact]
    public void Refusal_TellsExactlyWhenTheOldestRequestIsOut()
    {
        Use(Ten, 10, now: 5_000);

        var refused = Ask(Ten, 1, now: 20_000);
        Assert.Equal((0, TimeSpan.FromMilliseconds(45_000), false), (refused.Tokens, refused.RetryAfter, refused.Blocked));
        Assert.Equal(LimitWindow.Minute, refused.Limiting);

        Assert.Equal(0, Ask(Ten, 1, now: 64_999).Tokens);
        Assert.Equal(1, Ask(Ten, 1, now: 65_000).Tokens);
    }

    [Fact]
    public void Refusal_WithBothWindowsFull_TellsTheLongerWait()
    {
        var both = new LimitSettings(10, 10, Block: false);
        Use(both, 10, now: 0);

        var refused = Ask(both, 1, now: 1_000);

        Assert.Equal((LimitWindow.Hour, TimeSpan.FromMilliseconds(3_599_000)), (refused.Limiting, refused.RetryAfter));
    }

    [Fact]
    public void Refusal_BecauseOfTokensInLeases_TellsTheFirstLeasesEnd()
    {
        HoldAll(Ten, now: 2_000);

        var refused = Ask(Ten, 1, now: 5_000);

        Assert.Equal((0, TimeSpan.FromSeconds(7), false), (refused.Tokens, refused.RetryAfter, refused.Blocked));
    }

    [Fact]
    public void Refusals_AreNotCounted()
    {
        Use(Ten, 10, now: 0);
        for (var now = 1_000; now < 60_000; now += 1_000)
        {
            Assert.Equal(0, Ask(Ten, 1, now).Tokens);
        }

        Assert.Equal(5, Ask(Ten, 10, now: 60_000).Tokens);
    }

    [Fact]
    public void Use_IsDatedByItsAgeWhenTheReportArrives()
    {
        var lease = Ask(Ten, 5, now: 0);
        Report(Ten, now: 9_000, new LeaseReport(lease.Lease, [8_000, 2_000], Closed: true));

        // Of the rest nothing was taken: 8 are free, and one more at 61 s and 67 s.
        Assert.Equal(8, Remaining(Ten, now: 9_000));
        Assert.Equal(8, Remaining(Ten, now: 60_999));
        Assert.Equal(9, Remaining(Ten, now: 61_000));
        Assert.Equal(10, Remaining(Ten, now: 67_000));
    }

    [Fact]
    public void Use_SaidToBeOlderThanItsLease_IsDatedAtTheGrant()
    {
        var lease = Ask(Ten, 1, now: 50_000);
        Report(Ten, now: 51_000, new LeaseReport(lease.Lease, [40_000], Closed: true));

        Assert.Equal(9, Remaining(Ten, now: 109_999));
        Assert.Equal(10, Remaining(Ten, now: 110_000));
    }

    [Fact]
    public void Use_OnItsWayToAProvider_IsDatedAhead()
    {
        var lease = Ask(Ten, 1, now: 0);
        Report(Ten, now: 1_000, new LeaseReport(lease.Lease, [-100], Closed: true));

        Assert.Equal(9, Remaining(Ten, now: 61_099));
        Assert.Equal(10, Remaining(Ten, now: 61_100));
    }

    [Fact]
    public void Report_ArrivingTwice_CountsOnce()
    {
        var lease = Ask(Ten, 5, now: 0);
        var report = new LeaseReport(lease.Lease, [500, 400], Closed: false);
        Report(Ten, now: 1_000, report);
        Report(Ten, now: 1_000, report);
        Report(Ten, now: 2_000, new LeaseReport(lease.Lease, [100], Closed: true, First: 2));

        Assert.Equal(7, Remaining(Ten, now: 2_000));
        Assert.Equal(8, Remaining(Ten, now: 60_500));
    }

    [Fact]
    public void Report_WithAGap_CountsTheMissingTokensAsUsedNow()
    {
        var lease = Ask(Ten, 5, now: 0);
        Report(Ten, now: 3_000, new LeaseReport(lease.Lease, [2_000], Closed: true, First: 2));

        Assert.Equal(7, Remaining(Ten, now: 3_000));
        Assert.Equal(8, Remaining(Ten, now: 62_999));
        Assert.Equal(10, Remaining(Ten, now: 63_000));
    }

    [Fact]
    public void Report_OfAnUnknownLease_IsIgnored()
    {
        Report(Ten, now: 0, new LeaseReport(Guid.NewGuid(), [1, 2, 3], Closed: true));

        Assert.Equal(10, Remaining(Ten, now: 0));
    }

    [Fact]
    public void Lease_NeverReported_CountsAsUsedAtItsEnd()
    {
        Ask(Ten, 5, now: 0);

        Assert.Equal(5, Remaining(Ten, now: 69_999));
        Assert.Equal(10, Remaining(Ten, now: 70_000));
    }

    [Fact]
    public void Lease_ReportedJustAfterItsEnd_StillGivesBack()
    {
        var lease = Ask(Ten, 5, now: 0);
        Report(Ten, now: 12_000, new LeaseReport(lease.Lease, [11_000], Closed: true));

        Assert.Equal(9, Remaining(Ten, now: 12_000));
    }

    [Fact]
    public void Lease_ReportedWhenTheLimiterWasAwayForLong_StillGivesBackAndIsDatedAsItWasUsed()
    {
        var lease = Ask(Ten, 5, now: 0);
        Report(Ten, now: 50_000, new LeaseReport(lease.Lease, [49_000], Closed: true));

        Assert.Equal((9, 10), (Remaining(Ten, now: 50_000), Remaining(Ten, now: 61_000)));
    }

    [Fact]
    public void Lease_Ended_IsOfAGatewayThatAsksForNothing()
    {
        Ask(Ten, 1, now: 0, Guid.NewGuid());

        Assert.Equal(4, Ask(Ten, 10, now: 11_000).Tokens);
    }

    [Fact]
    public void Unleased_RequestsOfAGatewayThatWasAlone_Count()
    {
        _book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 0, [], 0, [5_000, 1_000]), Ten, 10_000);

        Assert.Equal(8, Remaining(Ten, now: 10_000));
        Assert.Equal(9, Remaining(Ten, now: 65_000));
    }

    [Fact]
    public void Unleased_ToldAgainWithWhatCameSince_CountOnce()
    {
        TellAlone(10_000, first: 40, [5_000, 1_000]);
        TellAlone(11_000, first: 40, [6_000, 2_000, 500]);
        TellAlone(12_000, first: 43, [100]);

        Assert.Equal(6, Remaining(Ten, now: 12_000));
    }

    [Fact]
    public void Unleased_OfTwoGateways_AreNumberedApart()
    {
        TellAlone(10_000, first: 1, [5_000, 1_000]);
        TellAlone(10_000, first: 1, [5_000, 1_000], Guid.NewGuid());

        Assert.Equal(6, Remaining(Ten, now: 10_000));
    }

    [Fact]
    public void Clock_RunningBackwards_StandsStill()
    {
        Use(Ten, 10, now: 100_000);

        Assert.Equal(TimeSpan.FromSeconds(60), Ask(Ten, 1, now: 20_000).RetryAfter);
        Assert.Equal(5, Ask(Ten, 10, now: 160_000).Tokens);
    }

    [Fact]
    public void Limit_Lowered_AppliesToTheNextRequest()
    {
        Use(Ten, 6, now: 0);

        Assert.Equal(0, Ask(Ten with { PerMinute = 6 }, 1, now: 1).Tokens);
        Assert.Equal(1, Ask(Ten with { PerMinute = 7 }, 1, now: 1).Tokens);
    }

    [Fact]
    public void Block_FollowsARequestOverTheLimit_AndIsNotExtended()
    {
        Use(TenBlocking, 10, now: 0);

        var blocked = Ask(TenBlocking, 1, now: 10_000);
        Assert.Equal((true, TimeSpan.FromSeconds(60)), (blocked.Blocked, blocked.RetryAfter));

        var later = Ask(TenBlocking, 1, now: 69_999);
        Assert.Equal((true, TimeSpan.FromMilliseconds(1)), (later.Blocked, later.RetryAfter));
        Assert.Equal(5, Ask(TenBlocking, 10, now: 70_000).Tokens);
    }

    [Fact]
    public void Block_OfBothWindows_IsTheLonger()
    {
        var both = new LimitSettings(10, 10, Block: true);
        Use(both, 10, now: 0);

        var blocked = Ask(both, 1, now: 1_000);

        Assert.Equal((true, LimitWindow.Hour, TimeSpan.FromHours(1)), (blocked.Blocked, blocked.Limiting, blocked.RetryAfter));
    }

    [Fact]
    public void Block_NeverFollowsFromTokensInLeases()
    {
        HoldAll(TenBlocking, now: 0);

        Assert.False(Ask(TenBlocking, 1, now: 1_000).Blocked);
    }

    [Fact]
    public void Block_NeverFollowsFromLeasesThatNobodyReported()
    {
        HoldAll(TenBlocking, now: 0);

        var refused = Ask(TenBlocking, 1, now: 30_000);

        Assert.Equal((0, false, TimeSpan.FromSeconds(40)), (refused.Tokens, refused.Blocked, refused.RetryAfter));
    }

    [Fact]
    public void Block_FollowsFromRequestsThatGatewaysAdmittedWithinTheirShares()
    {
        TellAlone(1_000, first: 1, [.. Enumerable.Repeat(100, 10)], withinShare: true);

        Assert.True(Ask(TenBlocking, 1, now: 2_000).Blocked);
    }

    [Fact]
    public void Block_NeverFollowsFromRequestsThatWereLetInBeyondTheLimits()
    {
        TellAlone(1_000, first: 1, [.. Enumerable.Repeat(100, 20)], withinShare: false);

        Assert.Equal((0, false), (Ask(TenBlocking, 1, now: 2_000).Tokens, Ask(TenBlocking, 1, now: 2_000).Blocked));
    }

    [Fact]
    public void Block_BeginsWithTheRequestThatWentOver_ThoughAnotherGatewayTellsItsUsesLater()
    {
        var other = UseAllButOneHeldByAnother();
        Assert.False(Ask(TenBlocking, 1, now: 1_000).Blocked);
        Report(TenBlocking, now: 3_000, new LeaseReport(other.Lease, [2_100], Closed: true));

        var refused = Ask(TenBlocking, 1, now: 4_000);

        Assert.Equal((true, TimeSpan.FromSeconds(57)), (refused.Blocked, refused.RetryAfter));
    }

    [Fact]
    public void Block_DoesNotBeginWithARequestBeforeTheLastTokenWasUsed()
    {
        var other = UseAllButOneHeldByAnother();
        Assert.False(Ask(TenBlocking, 1, now: 1_000).Blocked);
        Report(TenBlocking, now: 3_000, new LeaseReport(other.Lease, [1_900], Closed: true));

        var refused = Ask(TenBlocking, 1, now: 4_000);

        Assert.Equal((true, TimeSpan.FromSeconds(60)), (refused.Blocked, refused.RetryAfter));
    }

    [Fact]
    public void Block_NeverFollowsFromATokenThatCameBackUnused()
    {
        var other = UseAllButOneHeldByAnother();
        Assert.False(Ask(TenBlocking, 1, now: 1_000).Blocked);
        Report(TenBlocking, now: 3_000, new LeaseReport(other.Lease, [], Closed: true));

        Assert.Equal(1, Ask(TenBlocking, 1, now: 4_000).Tokens);
    }

    [Fact]
    public void Block_NeverFollowsFromARefillAheadOfNeed()
    {
        Use(TenBlocking, 10, now: 0);

        Assert.False(Ask(TenBlocking, 5, now: 1_000, waiting: 0).Blocked);
    }

    [Fact]
    public void Block_OfTheMinute_IsLiftedByARaisedLimitThatLeavesRoom()
    {
        Use(TenBlocking, 10, now: 0);
        Assert.True(Ask(TenBlocking, 1, now: 0).Blocked);

        Assert.True(Ask(TenBlocking with { PerMinute = 10 }, 1, now: 59_000).Blocked);
        Assert.Equal(1, Ask(TenBlocking with { PerMinute = 12 }, 1, now: 1_000).Tokens);
    }

    [Fact]
    public void Block_OfTheHour_IsNotLiftedByARaisedLimit()
    {
        var hourly = new LimitSettings(0, 10, Block: true);
        Use(hourly, 10, now: 0);
        Assert.True(Ask(hourly, 1, now: 0).Blocked);

        Assert.True(Ask(hourly with { PerHour = 1_000 }, 1, now: 1_000).Blocked);
    }

    [Fact]
    public void Block_SwitchedOff_EndsAtOnce()
    {
        Use(TenBlocking, 10, now: 0);
        Assert.True(Ask(TenBlocking, 1, now: 0).Blocked);

        Assert.False(Ask(Ten, 1, now: 1).Blocked);
    }

    [Fact]
    public void Unblock_LetsTheSubjectGoOnAtOnce()
    {
        Use(TenBlocking, 10, now: 0);
        Assert.True(Ask(TenBlocking, 1, now: 0).Blocked);

        _book.Unblock();

        Assert.Equal(1, Ask(TenBlocking, 1, now: 1).Tokens);
    }

    [Fact]
    public void LargeLimit_OldestBucketIsCountedWhole()
    {
        var large = new LimitSettings(2_000, 0, Block: false);
        Use(large, 2_000, now: 1_001);

        // Used in the bucket that ends at 1,250 ms.
        Assert.Equal(TimeSpan.FromMilliseconds(1_250 + 60_000 - 2_000), Ask(large, 1, now: 2_000).RetryAfter);
        Assert.Equal(0, Remaining(large, now: 61_249));
        Assert.Equal(2_000, Remaining(large, now: 61_250));
    }

    [Fact]
    public void LargeLimit_BucketThatIsPartlyOut_BlocksNobody()
    {
        var large = new LimitSettings(2_000, 0, Block: true);
        Use(large, 2_000, now: 1_001);

        Assert.False(Ask(large, 1, now: 60_050).Blocked);
    }

    [Fact]
    public void LargeLimit_BucketThatIsWhollyIn_Blocks()
    {
        var large = new LimitSettings(2_000, 0, Block: true);
        Use(large, 2_000, now: 1_001);

        Assert.True(Ask(large, 1, now: 59_900).Blocked);
    }

    private LeaseGrant Ask(LimitSettings settings, int wanted, long now, Guid? gateway = null, int? waiting = null) =>
        _book.Lease(new LeaseRequest(gateway ?? Gateway, Guid.NewGuid(), wanted, [], waiting ?? wanted), settings, now);

    private void Report(LimitSettings settings, long now, LeaseReport report) =>
        _book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 0, [report]), settings, now);

    private int Remaining(LimitSettings settings, long now) =>
        _book.Lease(new LeaseRequest(Gateway, Guid.NewGuid(), 0, []), settings, now).Windows[0].Remaining;

    private void TellAlone(long now, long first, int[] ages, Guid? gateway = null, bool withinShare = true) =>
        _book.Lease(new LeaseRequest(gateway ?? Gateway, Guid.NewGuid(), 0, [], 0, [.. ages], null, first, withinShare), Ten, now);

    private LeaseGrant UseAllButOneHeldByAnother()
    {
        var other = Ask(TenBlocking, 1, now: 0, Guid.NewGuid(), waiting: 0);
        Use(TenBlocking, 9, now: 0);
        return other;
    }

    private void HoldAll(LimitSettings settings, long now)
    {
        while (Ask(settings, 100, now, waiting: 0).Tokens > 0)
        {
        }
    }

    private void Use(LimitSettings settings, int count, long now)
    {
        while (count > 0)
        {
            var lease = Ask(settings, count, now, waiting: 0);
            Report(settings, now, new LeaseReport(lease.Lease, [.. Enumerable.Repeat(0, lease.Tokens)], Closed: true));
            count -= lease.Tokens;
        }
    }
}
