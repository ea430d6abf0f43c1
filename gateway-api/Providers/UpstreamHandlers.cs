using System.Net;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Outbound;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Outbound;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Makes handlers for an upstream host: the proxy on the way, the certificates that are trusted, and what holds for all.</summary>
internal sealed class UpstreamHandlers(
    IOptionsMonitor<ProxyClusterOptions> options, ISecretResolver secrets, OutboundGuard guard, ILogger<UpstreamHandlers> logger)
{
    /// <summary>What the connections of a provider depend on.</summary>
    /// <param name="definition">The provider.</param>
    /// <param name="baseUri">Where its API begins.</param>
    public HostKey KeyOf(ProviderDefinition definition, Uri baseUri)
    {
        var outbound = options.CurrentValue.Outbound;
        var authorities = definition.CertificateAuthorities ?? outbound.CertificateAuthorities;
        var reach = ReachOf(definition);
        return HostKey.Of(baseUri, definition.Proxy ?? outbound.Proxy, authorities, definition.Timeouts.Connect) with
        {
            Reach = reach,

            // The operator's own proxy stands where the operator has put it.
            ProxyReach = definition.Proxy is null ? HostReach.Private : reach,
        };
    }

    /// <summary>What the operator has written may lead anywhere private; what came through the API may not.</summary>
    /// <param name="definition">The provider.</param>
    public static HostReach ReachOf(ProviderDefinition definition) =>
        definition.Source == DefinitionSource.Api ? HostReach.Public : HostReach.Private;

    /// <summary>A handler for a host, guarded and not yet used; <see langword="null"/>: it cannot be made.</summary>
    /// <param name="key">The host.</param>
    /// <param name="fault">Why not: for logs.</param>
    public SocketsHttpHandler? Create(HostKey key, out string? fault)
    {
        var handler = OutboundSockets.Create(key.ConnectLimit);
        handler.ConnectCallback = (context, cancellationToken) => guard.ConnectAsync(key, context, cancellationToken);
        handler.EnableMultipleHttp2Connections = true;
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        if (TryUseProxy(handler, key.Proxy, options.CurrentValue.Outbound.ProxyCredentials, out fault) && TryTrust(handler, key.Authorities, out fault))
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
}
