using System.Net;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers.Simulator;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Makes the connections to a provider: its time limits, the proxy on the way and the certificates that are trusted.</summary>
internal sealed class UpstreamHandlers(
    IOptionsMonitor<ProxyClusterOptions> options, ISecretResolver secrets, TimeProvider clock, ILogger<UpstreamHandlers> logger)
{
    private static readonly TimeSpan KeptLifetime = TimeSpan.FromMinutes(5);

    /// <summary>The connections of a provider; <see langword="null"/>: they cannot be made.</summary>
    /// <param name="definition">The provider.</param>
    /// <param name="adapter">Its type.</param>
    /// <param name="fault">Why not: for logs.</param>
    public UpstreamConnections? Create(ProviderDefinition definition, ProviderAdapter adapter, out string? fault)
    {
        fault = null;
        if (adapter.Type == SimulatorHandler.Type)
        {
            var settings = definition.Simulator ?? new SimulatorSettings();
            return new UpstreamConnections(new SimulatorHandler(settings, clock), new SimulatorHandler(settings, clock));
        }

        if (CreateSockets(definition, KeptLifetime, out fault) is not { } kept || CreateSockets(definition, TimeSpan.Zero, out fault) is not { } fresh)
        {
            return null;
        }

        // HTTP/2 tells which requests a closing server has not seen, and they are sent again as it is.
        kept.PlaintextStreamFilter = static (context, _) =>
            new(context.NegotiatedHttpVersion.Major >= 2 ? context.PlaintextStream : new ReusedConnectionStream(context.PlaintextStream));
        return new UpstreamConnections(adapter.Wrap(kept), adapter.Wrap(fresh));
    }

    private SocketsHttpHandler? CreateSockets(ProviderDefinition definition, TimeSpan lifetime, out string? fault)
    {
        var outbound = options.CurrentValue.Outbound;
        var handler = CreateSockets(definition.Timeouts.Connect, lifetime);
        if (TryUseProxy(handler, definition.Proxy ?? outbound.Proxy, outbound.ProxyCredentials, out fault)
            && TryTrust(handler, definition.CertificateAuthorities ?? outbound.CertificateAuthorities, out fault))
        {
            return handler;
        }

        handler.Dispose();
        return null;
    }

    private bool TryUseProxy(SocketsHttpHandler handler, string proxy, string? credentials, out string? fault)
    {
        fault = null;
        if (proxy == OutboundOptions.NoProxy)
        {
            return true;
        }

        NetworkCredential? account = null;
        if (credentials is not null)
        {
            var secret = new Secret(credentials);
            if (SecretReference.TryParse(credentials, out _) && !secrets.TryResolve(credentials, out secret, out fault))
            {
                return false;
            }

            var parts = secret!.Reveal().Split(':', 2);
            account = new NetworkCredential(parts[0], parts.ElementAtOrDefault(1) ?? "");
        }

        handler.UseProxy = true;
        if (proxy == OutboundOptions.ProxyOfEnvironment)
        {
            handler.DefaultProxyCredentials = account;
        }
        else
        {
            handler.Proxy = new WebProxy(new Uri(proxy)) { Credentials = account };
        }

        return true;
    }

    private bool TryTrust(SocketsHttpHandler handler, string? file, out string? fault)
    {
        fault = null;
        if (file is null)
        {
            return true;
        }

        if (!AuthorityFile.TryOpen(file, logger, out var authorities, out fault))
        {
            return false;
        }

        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => authorities.Accepts(certificate, chain, errors);
        return true;
    }

    private static SocketsHttpHandler CreateSockets(TimeSpan connectTimeout, TimeSpan lifetime) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connectTimeout,
        PooledConnectionLifetime = lifetime,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = 64,
        ActivityHeadersPropagator = null,
    };
}
