using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.Bench.Micro;

/// <summary>What a request pays for being held to a provider's slots and retries, where nothing fails. Target: no allocation.</summary>
public class EntranceBench
{
    private readonly ProviderDefinition _provider = new() { Name = "p", Type = "openai" };
    private readonly AttemptResult _answered = new(AttemptOutcome.Succeeded, null, false, TimeSpan.FromSeconds(1));
    private ProviderEntrance _entrance = null!;
    private Exchange _exchange = null!;

    [GlobalSetup]
    public void Setup()
    {
        var options = new DefaultOptions();
        var metrics = new ResilienceMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        var leases = new SlotLeases(null!, new NoSnapshot(), new GatewayIdentity(), options, metrics, TimeProvider.System, NullLogger<SlotLeases>.Instance);
        _entrance = new ProviderEntrance(options, leases, metrics);
        _exchange = new Exchange(new DefaultHttpContext(), InferenceOperation.ChatCompletions, new RequestScratch(TimeProvider.System), TimeProvider.System)
        {
            RequestId = "r",
            Region = "here",
        };
    }

    [Benchmark]
    public async ValueTask<bool> EnterAndLeave()
    {
        var entry = await _entrance.EnterAsync(_exchange, _provider, isRetry: false);
        _entrance.Leave(_provider, isRetry: false, _answered);
        return entry == Entry.Entered;
    }

    private sealed class NoSnapshot : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current => RoutingSnapshot.Empty;
    }

    private sealed class DefaultOptions : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new();

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }
}
