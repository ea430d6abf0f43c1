using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.Bench.Limits;

/// <summary>Memory of many subjects: in a gateway with limiters that grant at once, and in a silo with its store.</summary>
internal static class SubjectsCommand
{
    private static readonly LimitSettings Limits = new(100, 1000, Block: true);

    public static async Task RunAsync(int count)
    {
        await Console.Out.WriteLineAsync("| what | subjects | bytes each | calls/s |\n|---|---|---|---|");
        await GatewayAsync(count);
        await SiloAsync(count);
    }

    private static async Task GatewayAsync(int count)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var clock = new SteppedTime();
        using var limiter = new LeasedLimiter(
            DispatchProxy.Create<IGrainFactory, GrantingGrains>(),
            new FixedSnapshot(),
            new GatewayIdentity(),
            new FixedOptions(),
            clock,
            new RateLimitingMetrics(services.GetRequiredService<IMeterFactory>()),
            new SecurityEvents(clock),
            NullLogger<LeasedLimiter>.Instance);
        var callers = Enumerable.Range(0, count)
            .Select(i => new Caller { Subject = $"key:{i}", Name = "bench", IsLimited = true, Accounts = [new Account($"key:{i}")] })
            .ToArray();
        var before = Heap();
        foreach (var requests in (int[])[1, 10])
        {
            var began = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < requests; i++)
            {
                foreach (var caller in callers)
                {
                    _ = await limiter.AcquireAsync(new LimitedRequest(caller), CancellationToken.None);
                }

                clock.Add(100);
            }

            var rate = (double)count * requests / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            await TellAsync($"gateway, {requests} more requests each", limiter.Subjects, (Heap() - before) / count, rate);
        }

        for (var second = 0; second < 200; second++)
        {
            clock.Add(1_000);
            foreach (var subject in limiter.Tidy())
            {
                await subject.CallAsync(SubjectLimiter.OnlyReport);
            }
        }

        await TellAsync("gateway, idle for 200 s", limiter.Subjects, (Heap() - before) / count, 0);
        GC.KeepAlive(callers);
    }

    private static async Task SiloAsync(int count)
    {
        var directory = Directory.CreateTempSubdirectory("proxycluster-grants-").FullName;
        using (var host = await LimiterSilo.StartAsync(GrantStore.SqliteTogether, directory, redis: ""))
        {
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            await AskAsync(grains, 256, "warm");
            var before = Heap();
            var began = TimeProvider.System.GetTimestamp();
            await AskAsync(grains, count, "run");
            var rate = count / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            await TellAsync("silo, one lease each", count, (Heap() - before) / count, rate);

            await Task.Delay(TimeSpan.FromMinutes(3), TimeProvider.System);
            var statistics = await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
            var active = statistics.Where(one => one.GrainType.Contains("RateLimiter", StringComparison.Ordinal)).Sum(one => one.ActivationCount);
            await TellAsync("silo, idle for 3 minutes", active, (Heap() - before) / count, 0);
            await host.StopAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static Task AskAsync(IGrainFactory grains, int count, string run) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = 256 },
        async (i, _) => await grains.GetGrain<IRateLimiterGrain>($"key:{run}{i}").LeaseAsync(new LeaseRequest(Guid.NewGuid(), Guid.NewGuid(), 1, [], 1, [], Limits)));

    private static Task TellAsync(string what, int subjects, long bytes, double rate) =>
        Console.Out.WriteLineAsync(FormattableString.Invariant($"| {what} | {subjects} | {bytes} | {(rate > 0 ? $"{rate:F0}" : "")} |"));

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>A clock that goes on when it is told to.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long _milliseconds = 1_000;

        public override long TimestampFrequency => 1_000;

        public void Add(long milliseconds) => _milliseconds += milliseconds;

        public override long GetTimestamp() => _milliseconds;
    }

    private sealed class GrantingLimiter : IRateLimiterGrain
    {
        public ValueTask<LeaseGrant> LeaseAsync(LeaseRequest request) => new(new LeaseGrant(
            request.RequestId,
            request.Wanted,
            LeaseBook.LeaseTimeToLive,
            TimeSpan.Zero,
            false,
            LimitWindow.Minute,
            [new(LimitWindow.Minute, 100, 99, TimeSpan.FromMinutes(1)), new(LimitWindow.Hour, 1000, 999, TimeSpan.FromHours(1))],
            ReadsRuns: true));

        public ValueTask<SlotGrant> RenewSlotsAsync(SlotRequest request, int capacity) => throw new NotSupportedException();

        public ValueTask<LimiterStatus> StatusAsync() => throw new NotSupportedException();

        public ValueTask UnblockAsync() => throw new NotSupportedException();
    }

    // The proxy is a generated subclass.
#pragma warning disable CA1852
    private class GrantingGrains : DispatchProxy
#pragma warning restore CA1852
    {
        private static readonly GrantingLimiter Limiter = new();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Limiter;
    }

    private sealed class FixedSnapshot : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current => RoutingSnapshot.Empty;
    }

    private sealed class FixedOptions : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new();

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }
}
