using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.Tests.Cluster.RateLimiting;

public sealed class LimiterSiloLossTests(LimiterCluster cluster) : IClassFixture<LimiterCluster>
{
    private const int Limit = 200;

    /// <summary>Invariant: in any 60 s at most the limit, whichever silo dies.</summary>
    [Fact]
    public async Task SiloOfTheLimiter_Killed_TheLimitHolds()
    {
        cluster.Options.CurrentValue = new ProxyClusterOptions { RateLimits = new RateLimitOptions { RequestsPerMinute = Limit, RequestsPerHour = 0, Block = false } };
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new RateLimitingMetrics(services.GetRequiredService<IMeterFactory>());
        using var first = NewGateway(metrics);
        using var second = NewGateway(metrics);
        var gateways = new[] { first, second };
        var callers = gateways.Select(_ => new Caller { Subject = "key:loss", Name = "loss", IsLimited = true }).ToArray();
        var admitted = new List<long>();

        for (var step = 0; step < 1_300; step++)
        {
            cluster.Clock.Advance(TimeSpan.FromMilliseconds(100));
            if (step % 10 == 0)
            {
                await UpkeepAsync(gateways);
            }

            if (step is 200 or 900)
            {
                await KillLimiterSiloAsync();
            }

            // 10 a second: three times the limit, all on one gateway, which changes every 7 s.
            var gateway = step / 70 % 2;
            var decision = await AcquireAsync(gateways[gateway], callers[gateway]);
            if (decision.Refusal is null)
            {
                admitted.Add(step * 100L);
            }
        }

        Assert.InRange(MostInAnyMinute(admitted), Limit * 98 / 100, Limit);
    }

    private LeasedLimiter NewGateway(RateLimitingMetrics metrics) =>
        new(cluster.Cluster.Client, new TwoGateways(), new GatewayIdentity(), cluster.Options, cluster.Clock, metrics, new SecurityEvents(cluster.Clock), NullLogger<LeasedLimiter>.Instance);

    private static async Task<LimitDecision> AcquireAsync(LeasedLimiter gateway, Caller caller) =>
        await gateway.AcquireAsync(new LimitedRequest(caller), TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private static async Task UpkeepAsync(LeasedLimiter[] gateways)
    {
        foreach (var subject in gateways.SelectMany(gateway => gateway.Tidy()))
        {
            await subject.CallAsync(SubjectLimiter.OnlyReport).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    private async Task KillLimiterSiloAsync()
    {
        var limiter = cluster.Cluster.Client.GetGrain<IRateLimiterGrain>("key:loss");
        var management = cluster.Cluster.Client.GetGrain<IManagementGrain>(0);
        var address = await management.GetActivationAddress(limiter);
        var silo = cluster.Cluster.GetSiloForAddress(address!);
        Assert.NotNull(silo);
        await cluster.Cluster.StartAdditionalSiloAsync();
        await cluster.Cluster.KillSiloAsync(silo);

        // The clock stands still meanwhile: what is shown is the window, not the time-outs of the runtime.
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await limiter.LeaseAsync(LimiterCluster.Ask(0));
                return;
            }
            catch (Exception failure) when (attempt < 20 && failure is OrleansException or TimeoutException)
            {
                await cluster.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
            }
        }
    }

    private static int MostInAnyMinute(List<long> admitted)
    {
        var most = 0;
        for (int first = 0, last = 0; last < admitted.Count; last++)
        {
            while (admitted[last] - admitted[first] >= 60_000)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    private sealed class TwoGateways : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current { get; } = RoutingSnapshot.Empty with { ActiveGateways = 2, IsStale = false };
    }
}
