using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>What the feed has to know of the process around it.</summary>
/// <param name="IsEmbedded">Whether the silo runs in this very process.</param>
/// <param name="Ceiling">What each provider can do at most.</param>
internal sealed record RoutingFeedSetup(bool IsEmbedded, CapabilityCeiling Ceiling)
{
    /// <summary>Types without an adapter can do everything: that they cannot be asked shows where they are asked.</summary>
    public static RoutingFeedSetup Of(bool isEmbedded, IEnumerable<ProviderAdapter> adapters)
    {
        var byType = new Dictionary<string, ProviderAdapter>(StringComparer.OrdinalIgnoreCase);
        foreach (var adapter in adapters)
        {
            byType[adapter.Type] = adapter;
        }

        return new RoutingFeedSetup(
            isEmbedded,
            provider => byType.TryGetValue(provider.Type, out var adapter) ? adapter.CapabilitiesOf(provider) : ModelDefinition.DefaultCapabilities);
    }
}
