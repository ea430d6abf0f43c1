using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Every provider type there is, by its name in configuration.</summary>
internal sealed class ProviderAdapters(IEnumerable<ProviderAdapter> adapters)
{
    private readonly FrozenDictionary<string, ProviderAdapter> _byType = adapters.ToFrozenDictionary(a => a.Type, StringComparer.Ordinal);

    /// <summary>All names, sorted.</summary>
    public IReadOnlyList<string> Types { get; } = [.. adapters.Select(a => a.Type).Order(StringComparer.Ordinal)];

    public bool TryGet(string type, [NotNullWhen(true)] out ProviderAdapter? adapter) => _byType.TryGetValue(type, out adapter);

    /// <summary>What models of a type can do at most; nothing where there is no such type.</summary>
    public ModelCapabilities CapabilitiesOf(string type) => _byType.TryGetValue(type, out var adapter) ? adapter.Capabilities : ModelCapabilities.None;
}
