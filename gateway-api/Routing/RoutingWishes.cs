using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>What a client's headers want of the routing: a provider, a region, a strategy. Only for those with the permission.</summary>
internal sealed class RoutingWishes(PermissionGate permissions, StrategyCatalogue strategies)
{
    private const int MostShownCharacters = 64;
    private const string Provider = "x-proxy-provider";
    private const string Region = "x-proxy-region";
    private const string Strategy = "x-proxy-strategy";

    /// <summary>Reads the headers into <see cref="Exchange.WishedRegion"/> and <see cref="Exchange.WishedStrategy"/>.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="provider">The provider that alone may serve; <see langword="null"/>: any.</param>
    /// <returns>Why a wish is refused; <see langword="null"/>: none is, or there is none.</returns>
    public Refusal? Read(Exchange exchange, Caller caller, out string? provider)
    {
        provider = Find(exchange, Provider);
        exchange.WishedRegion = Find(exchange, Region);
        var strategy = Find(exchange, Strategy);
        return Check(exchange, caller, provider, Provider)
            ?? Check(exchange, caller, exchange.WishedRegion, Region)
            ?? Check(exchange, caller, strategy, Strategy)
            ?? (strategy is null ? null : Choose(exchange, strategy));
    }

    private static string? Find(Exchange exchange, string header)
    {
        var values = exchange.Context.Request.Headers[header];
        return values.Count == 0 ? null : values.ToString();
    }

    private Refusal? Check(Exchange exchange, Caller caller, string? wish, string header) =>
        wish is null ? null : permissions.CheckUse(exchange.Context, caller, Permission.RoutingDirect, $"The header '{header}'");

    private Refusal? Choose(Exchange exchange, string strategy)
    {
        exchange.WishedStrategy = strategies.Find(strategy);
        return exchange.WishedStrategy is not null ? null
            : Refusals.UnknownStrategy(strategy.Length <= MostShownCharacters ? strategy : strategy[..MostShownCharacters]) with { Param = "x-proxy-strategy" };
    }
}
