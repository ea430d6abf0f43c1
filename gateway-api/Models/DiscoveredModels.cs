using System.Collections.Immutable;

namespace ProxyCluster.GatewayApi.Models;

/// <summary>What providers said they serve, as last heard. A provider that cannot be asked keeps its last list.</summary>
internal sealed class DiscoveredModels
{
    private ImmutableDictionary<string, DiscoveredList> _byProvider = ImmutableDictionary<string, DiscoveredList>.Empty;

    /// <summary>By the provider's name. Another object whenever anything has changed.</summary>
    public ImmutableDictionary<string, DiscoveredList> ByProvider => Volatile.Read(ref _byProvider);

    public void Set(string provider, DiscoveredList list) =>
        ImmutableInterlocked.AddOrUpdate(ref _byProvider, provider, list, (_, _) => list);

    /// <summary>Forgets providers that are no longer asked.</summary>
    public void Keep(IReadOnlySet<string> providers)
    {
        foreach (var gone in ByProvider.Keys.Where(name => !providers.Contains(name)))
        {
            ImmutableInterlocked.TryRemove(ref _byProvider, gone, out _);
        }
    }
}

/// <summary>One provider's list.</summary>
/// <param name="Names">Sorted.</param>
/// <param name="HeardAt">When it was told.</param>
internal sealed record DiscoveredList(ImmutableArray<string> Names, DateTimeOffset HeardAt);
