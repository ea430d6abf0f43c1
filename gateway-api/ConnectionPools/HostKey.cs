using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Outbound;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>
/// What makes a connection to an upstream host: providers that agree in it share a pool. Keys and headers are no part of
/// it, since every request brings its own and none of the adapters binds a credential to a connection.
/// </summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">Name or address, without a port.</param>
/// <param name="Port">Of the host.</param>
/// <param name="Proxy">As configured: a URL, <c>environment</c> or <c>none</c>.</param>
/// <param name="Authorities">The file of further certificate authorities; <see langword="null"/>: none.</param>
/// <param name="ConnectLimit">For name look-up, TCP and TLS together.</param>
internal sealed record HostKey(string Scheme, string Host, int Port, string Proxy, string? Authorities, TimeSpan ConnectLimit)
{
    /// <summary>The key of an API's host.</summary>
    /// <param name="baseUri">Where the API begins.</param>
    /// <param name="proxy">As configured.</param>
    /// <param name="authorities">As configured.</param>
    /// <param name="connectLimit">As configured.</param>
    public static HostKey Of(Uri baseUri, string proxy, string? authorities, TimeSpan connectLimit) =>
        new(baseUri.Scheme, baseUri.IdnHost, baseUri.Port, proxy, authorities, connectLimit);

    /// <summary>How far connections to the host may go. Providers that differ in it share no pool.</summary>
    public HostReach Reach { get; init; } = HostReach.Private;

    /// <summary>How far connections to the proxy may go.</summary>
    public HostReach ProxyReach { get; init; } = HostReach.Private;

    public bool IsSecure => Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether requests may go by a proxy, so that what is dialled is not the host.</summary>
    public bool MayUseProxy => Proxy != OutboundOptions.NoProxy;

    /// <summary>Whether what is dialled is the proxy.</summary>
    /// <param name="host">What is dialled.</param>
    /// <param name="port">Its port.</param>
    /// <param name="request">What it is dialled for.</param>
    public bool IsProxy(string host, int port, HttpRequestMessage request)
    {
        var proxy = Proxy switch
        {
            OutboundOptions.NoProxy => null,
            OutboundOptions.ProxyOfEnvironment => HttpClient.DefaultProxy.GetProxy(request.RequestUri!),
            _ => new Uri(Proxy),
        };
        return proxy is not null && proxy.Port == port && string.Equals(proxy.IdnHost, host, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>How people call it.</summary>
    public string Authority => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
