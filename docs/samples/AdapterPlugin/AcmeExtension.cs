using ProxyCluster.Extensions;

namespace Acme.Gateway;

/// <summary>Adds the provider type <c>acme</c>.</summary>
public sealed class AcmeExtension : IGatewayExtension
{
    /// <inheritdoc/>
    public void Register(GatewayExtensions registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddProvider("acme", context => new AcmeAdapter(context), new ProviderTypeOptions
        {
            NeedsBaseUrl = true,
            NeedsKey = true,
            Abilities = ChatAbilities.Tools,
        });
    }
}
