namespace ProxyCluster.Extensions;

/// <summary>A type of providers that was registered.</summary>
/// <param name="Name">As <c>Type</c> names it.</param>
/// <param name="Create">Makes the adapter of one provider and key.</param>
/// <param name="Options">What such providers need and can.</param>
internal sealed record ProviderType(string Name, Func<ProviderContext, ChatAdapter> Create, ProviderTypeOptions Options);
