using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.Extensions.Routing;

namespace ProxyCluster.GatewayApi.Extensions;

/// <summary>What the extensions of this process have registered.</summary>
/// <param name="Registries">One for each assembly, and one for each extension that was given in code.</param>
internal sealed record LoadedExtensions(IReadOnlyList<GatewayExtensions> Registries)
{
    public static readonly LoadedExtensions None = new([]);

    /// <summary>The types of providers.</summary>
    public IEnumerable<ProviderType> ProviderTypes => Registries.SelectMany(static registry => registry.ProviderTypes);

    /// <summary>The types of hooks.</summary>
    public IEnumerable<HookType> HookTypes => Registries.SelectMany(static registry => registry.HookTypes);

    /// <summary>The routing strategies.</summary>
    public IEnumerable<AddedStrategy> Strategies => Registries.SelectMany(static registry => registry.Strategies);

    /// <summary>What configuration has to know of them.</summary>
    public IEnumerable<ProviderTypeFacts> ProviderTypeFacts =>
        ProviderTypes.Select(static type => new ProviderTypeFacts(type.Name, type.Options.NeedsBaseUrl, type.Options.NeedsKey));
}
