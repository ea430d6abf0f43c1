using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Outbound;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>The gateway's own pools over real sockets, with a clock and a name service that the test moves.</summary>
internal sealed class PoolCase : IAsyncDisposable, IHostResolver, IOptionsMonitor<ProxyClusterOptions>
{
    /// <summary>Of what must happen; no test's verdict hangs on it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<double> _waits = [];

    /// <param name="pools">Settings; the defaults unless given.</param>
    /// <param name="clock">The real one, for measuring; else <see cref="Clock"/>.</param>
    public PoolCase(PoolOptions? pools = null, TimeProvider? clock = null)
    {
        clock ??= Clock;
        CurrentValue = new ProxyClusterOptions { Pools = pools ?? new PoolOptions() };
        var secrets = new NoSecrets();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "proxycluster.pools.wait_seconds" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) =>
        {
            lock (_waits)
            {
                _waits.Add(seconds);
            }
        });
        _listener.Start();
        var guard = new OutboundGuard(this, this, new SecurityEvents(clock), clock, NullLogger<OutboundGuard>.Instance);
        var handlers = Handlers = new UpstreamHandlers(this, secrets, guard, NullLogger<UpstreamHandlers>.Instance);
        Hosts = new HostPools(handlers, this, guard, this, new PoolMetrics(meters), clock);
        Clients = new UpstreamPool(new ProviderAdapters([new OpenAiAdapter(OpenAiDialect.Presets[0], clock)]), handlers, Hosts, secrets, clock);
        Keeper = new PoolKeeper(Hosts, Clients, this, clock, NullLogger<PoolKeeper>.Instance);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>Where <see cref="HeldUpstream.Name"/> leads; empty: the name service is down.</summary>
    public string[] Addresses { get; set; } = ["127.0.0.1"];

    public ProxyClusterOptions CurrentValue { get; }

    public PoolOptions Settings
    {
        get => CurrentValue.Pools;
        set => CurrentValue.Pools = value;
    }

    public UpstreamHandlers Handlers { get; }

    public HostPools Hosts { get; }

    public UpstreamPool Clients { get; }

    public PoolKeeper Keeper { get; }

    /// <summary>The only pool there is.</summary>
    public HostPool Pool => Hosts.All.Single();

    public PoolFigures Figures => Pool.Figures();

    /// <summary>How long each request without a kept connection waited for one, by the case's clock.</summary>
    public IReadOnlyList<double> Waits
    {
        get
        {
            lock (_waits)
            {
                return [.. _waits];
            }
        }
    }

    public static ProviderDefinition Define(HeldUpstream upstream, string name = "p", int maxConcurrency = 256, string? authorities = null) => new()
    {
        Name = name,
        Type = OpenAiDialect.Presets[0].Type,
        BaseUrl = upstream.Url.ToString(),
        MaxConcurrency = maxConcurrency,
        CertificateAuthorities = authorities,
    };

    /// <summary>Makes the pool of a provider known, without a request.</summary>
    public void Know(ProviderDefinition definition) => Enter(definition).Exit();

    /// <summary>Makes all providers but these unknown.</summary>
    public void KeepOnly(params ProviderDefinition[] definitions) => Clients.Observe(RoutingDefinitions.Empty with { Providers = [.. definitions] });

    public UpstreamClient Enter(ProviderDefinition definition)
    {
        Assert.True(Clients.TryEnter(definition, out var client, out var fault), fault);
        return client!;
    }

    /// <summary>Looks after the pool, as the keeper does every few seconds.</summary>
    public Task TendAsync() => Keeper.TendAsync(Pool, Cancel);

    /// <summary>Begins a stream; its answer's head is there when this returns.</summary>
    public async Task<HeldStream> BeginAsync(ProviderDefinition definition, CancellationToken cancellationToken = default)
    {
        var client = Enter(definition);
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(client.BaseUri, "chat/completions"))
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        try
        {
            return new HeldStream(client, await client.SendAsync(message, cancellationToken));
        }
        catch
        {
            client.Exit();
            throw;
        }
    }

    /// <summary>A whole request.</summary>
    /// <returns>The answer's text.</returns>
    public async Task<string> AskAsync(ProviderDefinition definition)
    {
        using var stream = await BeginAsync(definition, Cancel);
        return await stream.ReadAsync();
    }

    /// <summary>Waits for what must come.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Patience);
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        Keeper.Dispose();
        _listener.Dispose();
        await _services.DisposeAsync();
    }

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Assert.Equal(HeldUpstream.Name, host);
        return Addresses.Length == 0 ? throw new SocketException((int)SocketError.TryAgain) : Task.FromResult(Addresses.Select(IPAddress.Parse).ToArray());
    }

    public ProxyClusterOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;

    private sealed class NoSecrets : ISecretResolver
    {
        public bool TryResolve(string reference, out Secret? secret, out string? fault)
        {
            (secret, fault) = (null, "none");
            return false;
        }
    }
}

/// <summary>A stream that has begun.</summary>
internal sealed class HeldStream(UpstreamClient client, HttpResponseMessage response) : IDisposable
{
    public Version HttpVersion => response.Version;

    /// <summary>Reads it to its end.</summary>
    public Task<string> ReadAsync() => response.Content.ReadAsStringAsync(PoolCase.Cancel);

    public void Dispose()
    {
        response.Dispose();
        client.Exit();
    }
}
