using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>What any model of a provider type can do at most.</summary>
/// <param name="providerType">The type's name in configuration, for example <c>openai</c>.</param>
public delegate ModelCapabilities CapabilityCeiling(string providerType);
