using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Bench.Micro;

/// <summary>What a request pays for its host's pool: entering, noting how it went, leaving. Target: no allocation.</summary>
public class PoolUseBench : IDisposable
{
    private static readonly TimeSpan Took = TimeSpan.FromSeconds(1);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly UpstreamClient _pooled;
    private readonly UpstreamClient _bare;

    public PoolUseBench()
    {
        var uri = new Uri("http://127.0.0.1:9/v1/");
        var clock = TimeProvider.System;
        var host = new HostPool(
            HostKey.Of(uri, OutboundOptions.NoProxy, null, Took),
            "bench",
            new HostAddresses(new SystemHostResolver(), clock),
            new PoolOptions(),
            new PoolMetrics(_services.GetRequiredService<IMeterFactory>()),
            clock);
        _pooled = Client(uri, host);
        _bare = Client(uri, null);
    }

    [Benchmark(Baseline = true)]
    public bool WithoutAPool() => Use(_bare);

    [Benchmark]
    public bool WithAPool() => Use(_pooled);

    public void Dispose()
    {
        _pooled.Dispose();
        _bare.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private static UpstreamClient Client(Uri uri, HostPool? host)
    {
        var adapter = new OpenAiAdapter(OpenAiDialect.Presets[0], TimeProvider.System);
        var connections = new UpstreamConnections(new SocketsHttpHandler(), new SocketsHttpHandler(), null, host);
        return new UpstreamClient(
            new ProviderDefinition { Name = "p", Type = adapter.Type }, adapter, connections, uri, new NoSecrets(), TimeProvider.System);
    }

    private static bool Use(UpstreamClient client)
    {
        var entered = client.TryEnter();
        client.Record(AttemptOutcome.Succeeded, Took);
        client.Exit();
        return entered;
    }

    private sealed class NoSecrets : ISecretResolver
    {
        public bool TryResolve(string reference, out Secret? secret, out string? fault)
        {
            (secret, fault) = (null, "none");
            return false;
        }
    }
}
