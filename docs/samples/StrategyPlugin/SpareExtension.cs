using ProxyCluster.Extensions;

namespace Acme.Routing;

/// <summary>Adds the routing strategy <c>acme-spare</c>, with what the extension's entry in the configuration says under <c>Settings</c>.</summary>
public sealed class SpareExtension : IGatewayExtension
{
    /// <inheritdoc/>
    public void Register(GatewayExtensions registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var spare = registry.Settings.GetProperty("Spare").GetString()!;
        var enough = registry.Settings.GetProperty("Enough").GetInt32();
        registry.AddRoutingStrategy("acme-spare", new SpareStrategy(spare, enough));
    }
}
