using Orleans.Storage;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
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

    private static async Task TakeAllAsync(IRateLimiterGrain limiter)
    {
        while ((await limiter.LeaseAsync(LimiterCluster.Ask(10))).Tokens > 0)
        {
        }
    }

    private static async Task<int> RemainingAsync(IRateLimiterGrain limiter) =>
        (await limiter.LeaseAsync(LimiterCluster.Ask(0))).Windows[0].Remaining;
}
