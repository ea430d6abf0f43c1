using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Outbound;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.ConnectionPools;

namespace ProxyCluster.GatewayApi.Outbound;

/// <summary>
/// Stands before every connection to another host: what a name leads to is judged after it was looked up and before it is
/// connected to, so that no route, redirect or name service gets around it (RELIABILITY S2).
/// </summary>
internal sealed partial class OutboundGuard(
    IOptionsMonitor<ProxyClusterOptions> options, IHostResolver resolver, SecurityEvents events, TimeProvider clock, ILogger<OutboundGuard> logger)
{
    private const int MostToldHosts = 1000;

    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _toldAt = new(StringComparer.OrdinalIgnoreCase);
    private Known? _allowed;

    private AllowedHosts Allowed
    {
        get
        {
            var entries = options.CurrentValue.Outbound.AllowPrivate;
            if (_allowed is not { } known || !ReferenceEquals(known.Entries, entries))
            {
                _allowed = known = new(entries, AllowedHosts.Of(entries));
            }

            return known.Hosts;
        }
    }

    /// <summary>Judges all addresses that a name leads to: one that is not permitted forbids the host.</summary>
    /// <param name="host">The name that was looked up, or the address as text.</param>
    /// <param name="addresses">Where it leads.</param>
    /// <param name="reach">How far the connection may go.</param>
    /// <exception cref="UpstreamForbiddenException">It must not be connected to.</exception>
    public void Check(string host, ReadOnlySpan<IPAddress> addresses, HostReach reach)
    {
        var allowed = Allowed;
        foreach (var address in addresses)
        {
            if (!allowed.Permit(host, address, reach))
            {
                Tell(host, address);
                throw new UpstreamForbiddenException(
                    $"The host {host} leads to {address}, which may not be connected to. List the host or its network in Outbound:AllowPrivate, or define the provider in the file.");
            }
        }
    }

    /// <summary>Judges a host that another one connects to on our behalf: only what its name says of it.</summary>
    /// <param name="host">The name, or the address as text.</param>
    /// <param name="reach">How far the connection may go.</param>
    /// <exception cref="UpstreamForbiddenException">It must not be connected to.</exception>
    public void CheckName(string host, HostReach reach)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            Check(host, [literal], reach);
        }
        else if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            Check(host, [IPAddress.Loopback], reach);
        }
    }

    /// <summary>How far a connection that a handler asks for may go: the host's own, or the proxy's before it.</summary>
    /// <param name="key">Whom the handler is for.</param>
    /// <param name="context">What it asks for.</param>
    /// <exception cref="UpstreamForbiddenException">The host behind the proxy must not be connected to.</exception>
    public HostReach ReachOf(HostKey key, SocketsHttpConnectionContext context)
    {
        if (!key.IsProxy(context.DnsEndPoint.Host, context.DnsEndPoint.Port, context.InitialRequestMessage))
        {
            return key.Reach;
        }

        // A proxy looks names up by itself: of the host behind it only its name can be judged here.
        CheckName(context.InitialRequestMessage.RequestUri!.IdnHost, key.Reach);
        return key.ProxyReach;
    }

    /// <summary>Opens the connection that a handler asks for, to an address that was judged.</summary>
    /// <param name="key">Whom the handler is for.</param>
    /// <param name="context">What it asks for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="UpstreamForbiddenException">It must not be connected to.</exception>
    public async ValueTask<Stream> ConnectAsync(HostKey key, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var reach = ReachOf(key, context);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver.ResolveAsync(host, cancellationToken);
        Check(host, addresses, reach);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A provider that is tried again and again tells no more than the first time.
    private void Tell(string host, IPAddress address)
    {
        var now = clock.GetTimestamp();
        if (_toldAt.TryGetValue(host, out var told) && clock.GetElapsedTime(told, now) < TellEvery)
        {
            return;
        }

        if (_toldAt.Count >= MostToldHosts)
        {
            _toldAt.Clear();
        }

        _toldAt[host] = now;
        var kind = AddressKinds.Of(address) == AddressKind.Closed ? "link-local, metadata or reserved" : "private";
        events.Record(SecurityEventType.UpstreamForbidden, subject: null, address.ToString(), $"A connection to a {kind} address was refused.");
        LogForbidden(logger, host, address, kind);
    }

    private sealed record Known(IList<string> Entries, AllowedHosts Hosts);

    [LoggerMessage(2451, LogLevel.Warning, "No connection to {Host} was made: it leads to {Address}, a {Kind} address. Allow it by Outbound:AllowPrivate if it is meant")]
    private static partial void LogForbidden(ILogger logger, string host, IPAddress address, string kind);
}
