using ProxyCluster.Extensions;

namespace Acme.Hooks;

/// <summary>Adds the hook type <c>acme-project</c>.</summary>
public sealed class ProjectExtension : IGatewayExtension
{
    /// <inheritdoc/>
    public void Register(GatewayExtensions registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddHook("acme-project", settings => new ProjectHook(settings.Read<ProjectSettings>()));
    }
}
