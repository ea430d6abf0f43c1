using System.Net.Sockets;
using System.Security.Authentication;
using ProxyCluster.Core.ConnectionPools;
using ProxyCluster.Core.Outbound;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Outbound;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>
/// One generation of a host's connections: a handler that keeps them, one that makes them singly, and those opened ahead.
/// When the next takes over, it goes on for the requests it has, and closes with the last of them.
/// </summary>
internal sealed class PoolGeneration : IDisposable
{
    private readonly HostPool _pool;
    private readonly TimeProvider _clock;
    private readonly OutboundGuard _guard;
    private readonly UpstreamDialer _dialer;
    private readonly WarmStock _stock = new();
    private readonly UseCount _uses = new();
    private readonly HttpMessageInvoker _kept;
    private readonly HttpMessageInvoker _fresh;

    // Once a host has chosen HTTP/1.1 the handler no longer expects anything else on a new connection.
    private volatile bool _onlyHttp11;

    /// <param name="pool">The host's.</param>
    /// <param name="kept">Not yet used; this takes it over.</param>
    /// <param name="fresh">Not yet used; this takes it over.</param>
    /// <param name="keepAlive">How long a connection that has served may idle.</param>
    /// <param name="guard">Judges where connections lead.</param>
    /// <param name="clock">For ages.</param>
    public PoolGeneration(HostPool pool, SocketsHttpHandler kept, SocketsHttpHandler fresh, TimeSpan keepAlive, OutboundGuard guard, TimeProvider clock)
    {
        _pool = pool;
        _guard = guard;
        _clock = clock;
        _dialer = new UpstreamDialer(pool.Key, pool.Addresses, guard, kept.SslOptions.RemoteCertificateValidationCallback);
        KeepAlive = keepAlive;
        Born = clock.GetTimestamp();
        Gate = new ConnectionGate(() => pool.Limit);

        kept.PooledConnectionLifetime = Timeout.InfiniteTimeSpan; // ends with the generation
        kept.PooledConnectionIdleTimeout = keepAlive;
        kept.ConnectCallback = ConnectAsync;
        kept.PlaintextStreamFilter = Watch;
        _kept = new HttpMessageInvoker(kept, disposeHandler: true);

        fresh.PooledConnectionLifetime = TimeSpan.Zero;
        fresh.ConnectCallback = async (context, cancel) =>
            await _dialer.DialAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, guard.ReachOf(pool.Key, context), cancel);
        _fresh = new HttpMessageInvoker(fresh, disposeHandler: true);
    }

    public TimeSpan KeepAlive { get; }

    /// <summary>When it took over, as a timestamp of the clock.</summary>
    public long Born { get; }

    public ConnectionGate Gate { get; }

    /// <summary>Connections opened ahead that nobody has used yet.</summary>
    public int Ready => _stock.Count;

    /// <summary>The connections for one provider; they keep the generation until they are disposed of.</summary>
    /// <exception cref="ObjectDisposedException">The generation has closed.</exception>
    public UpstreamConnections Connect(ProviderAdapter adapter)
    {
        ObjectDisposedException.ThrowIf(!_uses.TryEnter(), this);
        return new UpstreamConnections(adapter.Wrap(new LeasedHandler(_kept)), adapter.Wrap(new LeasedHandler(_fresh)), this, _pool);
    }

    /// <summary>Ends a use. The last one closes all connections.</summary>
    public void Release()
    {
        if (_uses.Exit())
        {
            _stock.Close();
            _kept.Dispose();
            _fresh.Dispose();
            _pool.Closed();
        }
    }

    /// <summary>Ends the pool's own use: opens nothing ahead any more, and closes with the last of the requests it has.</summary>
    public void Dispose()
    {
        _stock.Close();
        Release();
    }

    /// <summary>Closes what is ready in vain, and opens what the warm size lacks.</summary>
    /// <param name="size">The warm size.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns><see langword="false"/> when the host cannot be reached.</returns>
    public async Task<bool> TendAsync(int size, CancellationToken cancellationToken)
    {
        Gate.Recheck();
        _stock.Trim(Missing(size, Gate.Open));
        while (Missing(size, Gate.Open + _stock.Count) > 0)
        {
            using var limit = new CancellationTokenSource(_pool.Key.ConnectLimit, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                var connection = await _dialer.OpenAsync(_onlyHttp11, either.Token);
                _pool.Spoke(connection.IsHttp2);
                if (!_stock.TryAdd(connection))
                {
                    await connection.Stream.DisposeAsync();
                    return true;
                }

                _pool.OpenedAhead();
            }
            catch (Exception e) when (e is SocketException or IOException or AuthenticationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return false;
            }
        }

        return true;
    }

    private int Missing(int size, int open) => ConnectionLimit.Missing(size, open, _pool.Most, _pool.IsHttp2);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var isHost = port == _pool.Key.Port && string.Equals(host, _pool.Key.Host, StringComparison.OrdinalIgnoreCase);
        if (!isHost && !_pool.Key.MayUseProxy)
        {
            // Another host of the provider's, such as one that gives out tokens.
            return await _dialer.DialAsync(host, port, _pool.Key.Reach, cancellationToken);
        }

        var reach = _guard.ReachOf(_pool.Key, context);
        var started = _clock.GetTimestamp();
        var hasQueued = await Gate.EnterAsync(cancellationToken);
        try
        {
            return isHost ? await TakeOrOpenAsync(context.InitialRequestMessage, cancellationToken) : await OpenToProxyAsync(host, port, reach, cancellationToken);
        }
        catch
        {
            Gate.Leave();
            throw;
        }
        finally
        {
            _pool.Waited(_clock.GetElapsedTime(started), hasQueued);
        }
    }

    private async ValueTask<Stream> TakeOrOpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _pool.IsDirect = true;
        var onlyHttp11 = _onlyHttp11 || request.Version.Major < 2;
        var isReady = _stock.TryTake(onlyHttp11, out var connection);
        connection ??= await _dialer.OpenAsync(onlyHttp11, cancellationToken);
        if (!isReady)
        {
            _pool.OpenedOnDemand();
        }

        if (connection.Secured is not null && !connection.IsHttp2 && request.Version.Major >= 2)
        {
            _onlyHttp11 = true;
        }

        connection.Transport.Occupy(Gate, isReady);
        return connection.Stream;
    }

    private async ValueTask<Stream> OpenToProxyAsync(string host, int port, HostReach reach, CancellationToken cancellationToken)
    {
        var transport = await _dialer.DialAsync(host, port, reach, cancellationToken);
        _pool.OpenedOnDemand();
        transport.Occupy(Gate, hasWaited: false);
        return transport;
    }

    // HTTP/2 tells which requests a closing server has not seen, and they are sent again as it is.
    private ValueTask<Stream> Watch(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken)
    {
        var isHttp2 = context.NegotiatedHttpVersion.Major >= 2;
        _pool.Spoke(isHttp2);
        return new(isHttp2 ? context.PlaintextStream : new ReusedConnectionStream(context.PlaintextStream, HasWaited(context.PlaintextStream)));
    }

    private static bool HasWaited(Stream connection) => connection switch
    {
        UpstreamSocketStream clear => clear.HasWaited,
        UpstreamTlsStream secured => secured.Transport.HasWaited,
        _ => false,
    };
}
