using ProxyCluster.Extensions;

namespace ProxyCluster.Tests.Unit.Extensions;

/// <summary>Makes this very assembly one that can be loaded: registers the provider types that its settings name.</summary>
public sealed class SettingsExtension : IGatewayExtension
{
    public void Register(GatewayExtensions registry)
    {
        foreach (var type in registry.Settings.GetProperty("Types").EnumerateArray())
        {
            registry.AddProvider(type.GetString()!, EmittedAssembly.NoAdapter, new ProviderTypeOptions { NeedsKey = true });
        }
    }
}
