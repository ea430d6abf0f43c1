using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Cluster.Routing;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Circuits;

/// <summary>Eight gateways of one cluster, on one clock: what one of them sees, all act by, and one of them probes.</summary>
public sealed class CircuitGatewayTests : IAsyncLifetime
{
    private const int Gateways = 8;

    private readonly string _directory = Directory.CreateTempSubdirectory("pc-circuits-").FullName;
    private readonly Prober _prober = new();
    private readonly List<IHost> _hosts = [];
    private ClusterFixture _fixture = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await ClusterFixture.StartAsync(silos: 1);
        for (var i = 0; i < Gateways; i++)
        {
            _hosts.Add(await StartAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        await _fixture.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Failures_AtOneGateway_StopItAtOnceAndAllOthersWithinASecond()
    {
        Fail(_hosts[0], times: 5);

        Assert.True(Guard(_hosts[0]).IsShunned("p"));
        await UntilAsync(() => _hosts.All(host => Circuit(host) == CircuitState.Open), "open everywhere", within: TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Failures_OneAtEachGateway_StopAllAtOnce()
    {
        foreach (var host in _hosts)
        {
            Fail(host, times: 1);
        }

        // Time stands still: nothing waits for a tick.
        for (var i = 0; i < 500 && !_hosts.All(host => Circuit(host) == CircuitState.Open); i++)
        {
            await _fixture.Table().StatusAsync();
            await Task.Yield();
        }

        Assert.All(_hosts, host => Assert.Equal(CircuitState.Open, Circuit(host)));
        Assert.All(_hosts, host => Assert.False(Guard(host).IsShunned("p")));
    }

    [Fact]
    public async Task HalfOpen_WithTraffic_IsProbedByOneRequestOfOneGateway()
    {
        _prober.Answers = false;
        Fail(_hosts[0], times: 5);
        var permits = new ConcurrentBag<long>();
        await UntilAsync(
            () =>
            {
                foreach (var host in _hosts.Where(host => Circuit(host) == CircuitState.HalfOpen && Guard(host).MayProbe("p", isUrgent: false)))
                {
                    if (Guard(host).TryEnter("p", CircuitState.HalfOpen, out var claim))
                    {
                        permits.Add(claim.Permit);
                    }
                }

                return !permits.IsEmpty;
            },
            "probed",
            within: TimeSpan.FromSeconds(20));

        await AdvanceAsync(TimeSpan.FromSeconds(5), () => Assert.DoesNotContain(_hosts, host => Guard(host).MayProbe("p", isUrgent: false)));
        Assert.Single(permits);
    }

    [Fact]
    public async Task HalfOpen_WithoutTraffic_IsClosedByChecks()
    {
        Fail(_hosts[0], times: 5);

        await UntilAsync(() => _hosts.All(host => Circuit(host) == CircuitState.HalfOpen), "half-open everywhere", TimeSpan.FromSeconds(15));
        await UntilAsync(() => _hosts.All(host => Circuit(host) == CircuitState.Closed), "closed everywhere", TimeSpan.FromSeconds(20));

        Assert.Equal(3, _prober.Count);
        Assert.False(Guard(_hosts[0]).IsShunned("p"));
    }

    [Fact]
    public async Task Idle_IsCheckedByOneGatewayForAll()
    {
        await UntilAsync(() => _prober.Count > 0, "checked", TimeSpan.FromSeconds(100));
        await AdvanceAsync(TimeSpan.FromSeconds(10), () => { });

        Assert.Equal(1, _prober.Count);
        Assert.Equal(ProviderStatus.Healthy, (await _fixture.Provider("p").DescribeAsync())!.Status);
    }

    private static ProviderGuard Guard(IHost host) => host.Services.GetRequiredService<ProviderGuard>();

    private static CircuitState Circuit(IHost host) =>
        host.Services.GetRequiredService<IRoutingSnapshotSource>().Current.Index.Resolve("m").CircuitOf(0);

    private static void Fail(IHost host, int times)
    {
        var outcomes = host.Services.GetRequiredService<IOutcomeSink>();
        for (var i = 0; i < times; i++)
        {
            outcomes.Began("p");
            outcomes.Ended("p", Tables.Report(AttemptOutcome.ConnectFailed) with { DurationMilliseconds = 5 });
        }
    }

    private async Task UntilAsync(Func<bool> reached, string what, TimeSpan within)
    {
        var isReached = false;
        await AdvanceAsync(within, () => isReached |= reached(), () => isReached);

        Assert.True(isReached, $"Not {what} within {within.TotalSeconds} s: {string.Join(", ", _hosts.Select(Circuit))}");
    }

    // One clock for gateways and grains, in steps; after each everybody is given the time to do what fell due.
    private async Task AdvanceAsync(TimeSpan time, Action look, Func<bool>? isOver = null)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (var passed = TimeSpan.Zero; passed <= time; passed += step)
        {
            for (var i = 0; i < 3; i++)
            {
                await _fixture.Table().StatusAsync();
                await _fixture.Provider("p").DescribeAsync();
                await Task.Yield();
            }

            look();
            if (isOver?.Invoke() == true)
            {
                return;
            }

            _fixture.Clock.Advance(step);
        }
    }

    private async Task<IHost> StartAsync()
    {
        var options = new ProxyClusterOptions { Cluster = { DataDirectory = Path.Combine(_directory, $"{_hosts.Count}"), Redis = "elsewhere" } };
        options.Providers.Add(new ProviderOptions { Name = "p", Type = "openai", Models = { new ModelOptions { Id = "m" } } });
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(_fixture.Clock);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<IOptionsMonitor<ProxyClusterOptions>>(new ConfigurationInForce(options));
        builder.Services.AddSingleton(_fixture.Cluster.Client.ServiceProvider.GetRequiredService<Orleans.Serialization.Serializer>());
        builder.Services.AddSingleton(_fixture.Grains);
        builder.Services.AddSingleton<IProviderProber>(_prober);
        builder.Services.AddSingleton<KekSource>().AddSingleton<ISecretResolver, SecretResolver>().AddSingleton<PepperSource>().AddSingleton<DiskSeal>();
        builder.Services.AddRoutingFeed();
        builder.Services.AddProbes();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class Prober : IProviderProber
    {
        private int _count;

        public bool Answers { get; set; } = true;

        public int Count => Volatile.Read(ref _count);

        public async Task<ProbeResult> ProbeAsync(ProviderDefinition definition, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            if (!Answers)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return new ProbeResult(true, TimeSpan.FromMilliseconds(5), "Answered with status 200.") { Outcome = AttemptOutcome.Succeeded };
        }
    }
}
