using System.Net;

namespace ProxyCluster.GatewayApi.Outbound;

/// <summary>What holds for every handler that reaches other hosts: no redirects, no cookies, no proxy of the environment, nothing unpacked.</summary>
internal static class OutboundSockets
{
    /// <summary>A handler that is not yet used.</summary>
    /// <param name="connectLimit">For name look-up, TCP and TLS together.</param>
    public static SocketsHttpHandler Create(TimeSpan connectLimit) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connectLimit,
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = 64,
        ActivityHeadersPropagator = null,
    };
}
