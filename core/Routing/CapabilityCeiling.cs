using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>What any model of a provider can do at most, by its type and by how it is spoken to.</summary>
/// <param name="provider">The provider.</param>
public delegate ModelCapabilities CapabilityCeiling(ProviderDefinition provider);
