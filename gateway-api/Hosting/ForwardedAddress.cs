using Microsoft.AspNetCore.HttpOverrides;
using ProxyCluster.Core.Outbound;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Takes a client's address from <c>X-Forwarded-For</c> where the connection comes from one of the operator's own proxies,
/// from right to left and no further than they reach; from anyone else the header says nothing (RELIABILITY S16).
/// </summary>
internal static class ForwardedAddress
{
    /// <summary>Sets the connection's remote address for all that comes after; nothing is done where no proxy is known.</summary>
    public static void UseForwardedAddress(this IApplicationBuilder app, Core.Configuration.ListenOptions listen)
    {
        if (listen.KnownProxies.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = listen.ForwardLimit };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var entry in listen.KnownProxies)
        {
            // What is no network was refused when the configuration was read.
            if (AllowedHosts.ReadNetwork(entry) is { } network)
            {
                options.KnownIPNetworks.Add(network);
            }
        }

        app.UseForwardedHeaders(options);
    }
}
