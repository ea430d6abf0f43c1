using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>What a client's headers want of the routing.</summary>
internal static class RoutingWishes
{
    private const int MostShownCharacters = 64;

    /// <summary>Reads <c>x-proxy-strategy</c> into <see cref="Exchange.WishedStrategy"/>.</summary>
    /// <returns>Why the wish is refused; <see langword="null"/>: it is not, or there is none.</returns>
    public static Refusal? ReadStrategy(Exchange exchange, Caller caller, StrategyCatalogue strategies)
    {
        var header = exchange.Context.Request.Headers["x-proxy-strategy"];
        if (header.Count == 0)
        {
            return null;
        }

        if (!caller.May(Permission.RoutingDirect))
        {
            return Refusals.MissingPermission(Permissions.NameOf(Permission.RoutingDirect)!, "The header 'x-proxy-strategy'");
        }

        var name = header.ToString();
        if (strategies.Find(name) is not { } strategy)
        {
            return Refusals.UnknownStrategy(name.Length <= MostShownCharacters ? name : name[..MostShownCharacters]);
        }

        exchange.WishedStrategy = strategy;
        return null;
    }
}
