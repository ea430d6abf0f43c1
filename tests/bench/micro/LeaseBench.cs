using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProxyCluster.Bench.Micro.Cluster;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Bench.Micro;

/// <summary>Taking one request from a lease in hand. Target: no allocation.</summary>
public class LeaseBench : IDisposable
{
    private const int Takes = 1_000_000;

    private readonly Caller _caller = new() { Subject = "key:bench", Name = "bench", IsLimited = true };
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private LeasedLimiter? _limiter;

    [IterationSetup]
    public void TakeALease()
    {
        _limiter?.Dispose();
        _limiter = new LeasedLimiter(
            GenerousGrains.Of(Takes * 4),
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

    private sealed class FixedOptions : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new() { RateLimits = new() { RequestsPerMinute = int.MaxValue, RequestsPerHour = int.MaxValue } };

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }
}
