using Orleans.Storage;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.Tests.Cluster.RateLimiting;

public sealed class RateLimiterGrainTests(LimiterCluster cluster) : IClassFixture<LimiterCluster>
{
    [Fact]
    public async Task Lease_Granted_IsStoredBeforeItIsAnswered()
    {
        var limiter = cluster.NewLimiter();
        var before = cluster.Storage.Writes;

        var grant = await limiter.LeaseAsync(LimiterCluster.Ask(3));

        Assert.Equal((3, before + 1), (grant.Tokens, cluster.Storage.Writes));
    }

    [Fact]
    public async Task Refusal_ThatChangesNothing_IsNotStored()
    {
        var limiter = cluster.NewLimiter();
        await TakeAllAsync(limiter);
        var before = cluster.Storage.Writes;

        Assert.Equal(0, (await limiter.LeaseAsync(LimiterCluster.Ask(1))).Tokens);
        Assert.Equal(before, cluster.Storage.Writes);
    }

    [Fact]
    public async Task Lease_WhileTheStoreFails_IsNotGrantedAndNotCounted()
    {
        var limiter = cluster.NewLimiter();
        await limiter.LeaseAsync(LimiterCluster.Ask(2));

        cluster.Storage.FailsWrites = true;
        try
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(async () => await limiter.LeaseAsync(LimiterCluster.Ask(2)));
            Assert.Contains("store does not answer", failure.ToString(), StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            cluster.Storage.FailsWrites = false;
        }

        Assert.Equal(8, await RemainingAsync(limiter));
    }

    [Fact]
    public async Task Lease_WhoseWriteWasAnsweredByNobody_IsThereWhenAskedForAgain()
    {
        var limiter = cluster.NewLimiter();
        await RemainingAsync(limiter);
        var request = LimiterCluster.Ask(4);
        cluster.Storage.LosesNextAnswer = true;
        await Assert.ThrowsAnyAsync<Exception>(async () => await limiter.LeaseAsync(request));

        var again = await limiter.LeaseAsync(request);

        Assert.Equal((request.RequestId, 4), (again.Lease, again.Tokens));
        Assert.Equal(6, await RemainingAsync(limiter));
    }

    [Fact]
    public async Task Store_WrittenByAnotherActivation_EndsThisOne()
    {
        var limiter = cluster.NewLimiter();
        await limiter.LeaseAsync(LimiterCluster.Ask(1));
        var gone = cluster.Cluster.WaitForDeactivationAsync(limiter);
        cluster.Storage.Touch(limiter.GetGrainId());

        await Assert.ThrowsAsync<InconsistentStateException>(async () => await limiter.LeaseAsync(LimiterCluster.Ask(1)));
        await gone.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(9, await RemainingAsync(limiter));
        Assert.Equal(1, (await limiter.LeaseAsync(LimiterCluster.Ask(1))).Tokens);
    }

    [Fact]
    public async Task Window_AfterTheActivationIsGone_IsTheSame()
    {
        var limiter = cluster.NewLimiter();
        await TakeAllAsync(limiter);
        await cluster.Cluster.DeactivateAsync(limiter);

        Assert.Equal(0, (await limiter.LeaseAsync(LimiterCluster.Ask(1))).Tokens);

        cluster.Clock.Advance(TimeSpan.FromSeconds(71));
        Assert.Equal(5, (await limiter.LeaseAsync(LimiterCluster.Ask(10))).Tokens);
    }

    [Fact]
    public async Task Clock_OfTheNextSiloAnHourBehind_GoesOnFromTheLastOne()
    {
        var limiter = cluster.NewLimiter();
        await TakeAllAsync(limiter);
        await cluster.Cluster.DeactivateAsync(limiter);
        cluster.Clock.AdjustTime(cluster.Clock.GetUtcNow() - TimeSpan.FromHours(1));

        Assert.Equal(0, await RemainingAsync(limiter));
        cluster.Clock.Advance(TimeSpan.FromSeconds(69));
        Assert.Equal(0, await RemainingAsync(limiter));
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, await RemainingAsync(limiter));
    }

    [Fact]
    public async Task Block_Lifted_LetsTheSubjectGoOn()
    {
        cluster.Options.CurrentValue = new ProxyClusterOptions { RateLimits = new RateLimitOptions { RequestsPerMinute = 1, RequestsPerHour = 0, Block = true } };
        try
        {
            var limiter = cluster.NewLimiter();
            var lease = await limiter.LeaseAsync(LimiterCluster.Ask(1));
            var refused = await limiter.LeaseAsync(LimiterCluster.Ask(1, new LeaseReport(lease.Lease, [0], Closed: true)));
            Assert.True(refused.Blocked);

            await limiter.UnblockAsync();

            Assert.Equal(1, (await limiter.LeaseAsync(LimiterCluster.Ask(1))).Tokens);
        }
        finally
        {
            cluster.Options.CurrentValue = new LimiterOptions().CurrentValue;
        }
    }

    [Fact]
    public async Task Block_AfterTheActivationIsGone_StillHolds()
    {
        var limiter = cluster.NewLimiter();
        var one = new LimitSettings(1, 0, Block: true);
        var lease = await limiter.LeaseAsync(LimiterCluster.Ask(1) with { Limits = one });
        Assert.True((await limiter.LeaseAsync(LimiterCluster.Ask(1, new LeaseReport(lease.Lease, [0], Closed: true)) with { Limits = one })).Blocked);

        await cluster.Cluster.DeactivateAsync(limiter);

        Assert.True((await limiter.LeaseAsync(LimiterCluster.Ask(1) with { Limits = one })).Blocked);
    }

    [Fact]
    public async Task Limits_ThatTheGatewayTells_GoBeforeTheConfiguration()
    {
        var limiter = cluster.NewLimiter();

        var grant = await limiter.LeaseAsync(LimiterCluster.Ask(100) with { Limits = new LimitSettings(40, 0, Block: false) });

        Assert.Equal((20, 40), (grant.Tokens, grant.Windows[0].Limit));
    }

    [Fact]
    public async Task Limits_ThatNoGatewayTells_AreThoseOfItsKindInTheConfiguration()
    {
        var limits = new RateLimitOptions { RequestsPerMinute = 10, RequestsPerHour = 0, Teams = new() { RequestsPerMinute = 30 } };
        var before = cluster.Options.CurrentValue;
        cluster.Options.CurrentValue = new ProxyClusterOptions { RateLimits = limits };
        try
        {
            var grant = await cluster.Cluster.Client.GetGrain<IRateLimiterGrain>("team:red").LeaseAsync(LimiterCluster.Ask(1));

            Assert.Equal(30, grant.Windows[0].Limit);
        }
        finally
        {
            cluster.Options.CurrentValue = before;
        }
    }

    [Fact]
    public async Task Status_TellsWindowsLeasesPlacesAndBlock()
    {
        var limiter = cluster.NewLimiter();
        var limits = new LimitSettings(10, 100, Block: false);
        var request = LimiterCluster.Ask(4) with { Limits = limits };
        var lease = await limiter.LeaseAsync(request);
        await limiter.LeaseAsync(LimiterCluster.Ask(0, new LeaseReport(lease.Lease, [0], Closed: false)) with { Limits = limits });
        await limiter.RenewSlotsAsync(new SlotRequest(request.Gateway, 1, 0, 3, 1), capacity: 8);

        var status = await limiter.StatusAsync();

        Assert.Equal((limits, LimitWindow.None, 8, 3), (status.Limits, status.Block, status.Concurrency, status.Slots));
        Assert.Equal([(LimitWindow.Minute, 10, 1, 6), (LimitWindow.Hour, 100, 1, 96)], status.Windows.Select(window => (window.Window, window.Limit, window.Used, window.Remaining)));
        Assert.Equal((request.Gateway, 3), (status.Leases.Single().Gateway, status.Leases.Single().Tokens));
    }

    [Fact]
    public async Task Status_OfASubjectThatNobodyUsed_IsEmpty()
    {
        var status = await cluster.NewLimiter().StatusAsync();

        Assert.Empty(status.Leases);
        Assert.Equal((0, 10), (status.Windows.Single().Used, status.Windows.Single().Remaining));
    }

    [Fact]
    public async Task Places_OfASubjectThatNobodyUsed_AreAllFreeAtOnce()
    {
        var grant = await cluster.NewLimiter().RenewSlotsAsync(new SlotRequest(Guid.NewGuid(), 1, 0, 4, 2), capacity: 4);

        Assert.Equal(4, grant.Slots);
    }

    [Fact]
    public async Task Places_AfterTheActivationIsGone_AreGivenCarefullyWhileEarlierLeasesLast()
    {
        var limiter = cluster.NewLimiter();
        await limiter.RenewSlotsAsync(new SlotRequest(Guid.NewGuid(), 1, 0, 4, 2), capacity: 4);
        await cluster.Cluster.DeactivateAsync(limiter);
        var other = Guid.NewGuid();

        Assert.Equal(2, (await limiter.RenewSlotsAsync(new SlotRequest(other, 1, 0, 4, 2), capacity: 4)).Slots);
        cluster.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(4, (await limiter.RenewSlotsAsync(new SlotRequest(other, 2, 2, 4, 2), capacity: 4)).Slots);
    }

    [Fact]
    public async Task Places_WhileTheStoreFails_AreNotGiven()
    {
        var limiter = cluster.NewLimiter();
        cluster.Storage.FailsWrites = true;
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(async () => await limiter.RenewSlotsAsync(new SlotRequest(Guid.NewGuid(), 1, 0, 4, 2), capacity: 4));
        }
        finally
        {
            cluster.Storage.FailsWrites = false;
        }

        Assert.Equal(4, (await limiter.RenewSlotsAsync(new SlotRequest(Guid.NewGuid(), 1, 0, 4, 2), capacity: 4)).Slots);
    }

    [Fact]
    public async Task Places_RenewedEachSecond_AreStoredOnceAMinute()
    {
        var limiter = cluster.NewLimiter();
        var gateway = Guid.NewGuid();
        var before = cluster.Storage.Writes;
        for (var second = 0; second < 60; second++)
        {
            await limiter.RenewSlotsAsync(new SlotRequest(gateway, second + 1, 2, 4, 2), capacity: 4);
            cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(cluster.Storage.Writes - before, 1, 2);
    }

    private static async Task TakeAllAsync(IRateLimiterGrain limiter)
    {
        while ((await limiter.LeaseAsync(LimiterCluster.Ask(10))).Tokens > 0)
        {
        }
    }

    private static async Task<int> RemainingAsync(IRateLimiterGrain limiter) =>
        (await limiter.LeaseAsync(LimiterCluster.Ask(0))).Windows[0].Remaining;
}
