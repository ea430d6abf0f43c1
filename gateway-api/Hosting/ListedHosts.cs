using System.Collections.Frozen;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Where <c>Listen:AllowedHosts</c> names hosts, refuses requests for any other: a web page whose name is made to lead here
/// (DNS rebinding) asks for its own (RELIABILITY S5).
/// </summary>
internal static class ListedHosts
{
    private static readonly Refusal WrongHost = Refusals.Forbidden("This gateway does not answer for the host that the Host header names.");

    /// <summary>Puts the check before what follows; nothing is done where no host is named.</summary>
    /// <param name="app">A listener's pipeline.</param>
    /// <param name="hosts">Names and addresses, without ports. Those of loopback are always taken.</param>
    public static void UseListedHosts(this IApplicationBuilder app, IEnumerable<string> hosts)
    {
        var allowed = hosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        if (allowed.Count == 0)
        {
            return;
        }

        app.Use(next => context =>
        {
            var host = context.Request.Host.Host;
            return allowed.Contains(host) || LoopbackNames.IsLoopback(host) ? next(context) : ErrorWriter.WriteAsync(context, WrongHost);
        });
    }
}
