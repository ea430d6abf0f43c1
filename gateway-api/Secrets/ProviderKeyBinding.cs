using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Secrets;

/// <summary>What a provider's stored secrets belong to: the provider, and everything in its definition that decides where they are sent.</summary>
internal static class ProviderKeyBinding
{
    private const string Key = "provider-key";
    private const string Header = "provider-header";

    /// <summary>The binding of a provider's keys.</summary>
    /// <param name="definition">The provider. A type has an address of its own; over a proxy what is not encrypted is the proxy's, too.</param>
    public static SecretBinding Of(ProviderDefinition definition) => new(Key, definition.Name, PlaceOf(definition));

    /// <summary>The binding of the value of one of its headers, which is sent under that name alone.</summary>
    /// <param name="definition">The provider.</param>
    /// <param name="header">The header's name, in any case.</param>
    public static SecretBinding OfHeader(ProviderDefinition definition, string header) =>
        new(Header, definition.Name, $"{PlaceOf(definition)}\n{header.ToLowerInvariant()}");

    private static string PlaceOf(ProviderDefinition definition) => $"{definition.Type}\n{definition.BaseUrl}\n{definition.Proxy}";
}
