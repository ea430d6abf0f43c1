namespace ProxyCluster.Core.Configuration;

/// <summary>What configuration must know of a provider type.</summary>
/// <param name="Type">The name in configuration.</param>
/// <param name="NeedsBaseUrl">There is no URL to fall back on.</param>
/// <param name="NeedsKey">It cannot work without a key.</param>
public readonly record struct ProviderTypeFacts(string Type, bool NeedsBaseUrl, bool NeedsKey);
