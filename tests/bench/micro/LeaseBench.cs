using System.Diagnostics.Metrics;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
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

namespace ProxyCluster.Bench.Micro;

/// <summary>Taking one request from a lease in hand. Target: no allocation.</summary>
public class LeaseBench : IDisposable
{
    private const int Takes = 1_000_000;

    private readonly Caller _caller = new() { Subject = "key:bench", Name = "bench", IsAdmin = false, IsLimited = true };
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private LeasedLimiter? _limiter;

    [IterationSetup]
    public void TakeALease()
    {
        _limiter?.Dispose();
        _limiter = new LeasedLimiter(
            DispatchProxy.Create<IGrainFactory, GenerousGrains>(),
            new FixedSnapshot(),
            new GatewayIdentity(),
            new FixedOptions(),
            TimeProvider.System,
            new RateLimitingMetrics(_services.GetRequiredService<IMeterFactory>()),
            new SecurityEvents(TimeProvider.System),
            NullLogger<LeasedLimiter>.Instance);
        _caller.LimiterState = null;
        _limiter.AcquireAsync(new LimitedRequest(_caller), CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    [Benchmark(OperationsPerInvoke = Takes)]
    public int Take()
    {
        var last = 0;
        for (var i = 0; i < Takes; i++)
        {
            var taken = _limiter!.AcquireAsync(new LimitedRequest(_caller), CancellationToken.None);
            last = taken.IsCompleted ? taken.Result.Remaining : throw new InvalidOperationException("The lease is empty.");
        }

        return last;
    }

    public void Dispose()
    {
        _limiter?.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Grants more than an iteration takes, so that only the taking is measured.</summary>
    private sealed class GenerousLimiter : IRateLimiterGrain
    {
        public ValueTask<LeaseGrant> LeaseAsync(LeaseRequest request) => new(new LeaseGrant(
            Guid.NewGuid(),
            Takes * 4,
            TimeSpan.FromHours(1),
            TimeSpan.Zero,
            false,
            LimitWindow.Minute,
            [new(LimitWindow.Minute, int.MaxValue, Takes, TimeSpan.Zero), new(LimitWindow.Hour, int.MaxValue, Takes, TimeSpan.Zero)]));

        public ValueTask<SlotGrant> RenewSlotsAsync(SlotRequest request, int capacity) => new(new SlotGrant(capacity, TimeSpan.FromHours(1)));

        public ValueTask<LimiterStatus> StatusAsync() => throw new NotSupportedException();

        public ValueTask UnblockAsync() => default;
    }

    // The proxy is a generated subclass.
#pragma warning disable CA1852
    private class GenerousGrains : DispatchProxy
#pragma warning restore CA1852
    {
        private static readonly GenerousLimiter Limiter = new();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Limiter;
    }

    private sealed class FixedSnapshot : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current => RoutingSnapshot.Empty;
    }

    private sealed class FixedOptions : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new() { RateLimits = new() { RequestsPerMinute = int.MaxValue, RequestsPerHour = int.MaxValue } };

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }
}
