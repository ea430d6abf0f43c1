using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Secrets;

/// <summary>What a provider's stored keys belong to: the provider, and everything in its definition that decides where they are sent.</summary>
internal static class ProviderKeyBinding
{
    private const string Kind = "provider-key";

    /// <summary>The binding of a provider's keys.</summary>
    /// <param name="definition">The provider. A type has an address of its own; over a proxy what is not encrypted is the proxy's, too.</param>
    public static SecretBinding Of(ProviderDefinition definition) =>
        new(Kind, definition.Name, $"{definition.Type}\n{definition.BaseUrl}\n{definition.Proxy}");
}
