using System.Collections.Frozen;

namespace ProxyCluster.Core.Regions;

/// <summary>Tells where a region is by its name.</summary>
public sealed class RegionMap
{
    private readonly FrozenDictionary<string, GeoPoint> _own;

    private RegionMap(IEnumerable<KeyValuePair<string, GeoPoint>> own) => _own = own.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Knows the large clouds' regions alone.</summary>
    public static RegionMap WellKnown { get; } = new([]);

    /// <summary>Puts an operator's own places before the well-known ones.</summary>
    /// <param name="own">Names, whatever their case, each once, and places.</param>
    public static RegionMap Of(IEnumerable<KeyValuePair<string, GeoPoint>> own) => new(own);

    /// <summary>Where a region is.</summary>
    /// <param name="name">Its name; <see langword="null"/>: not known.</param>
    /// <returns><see langword="null"/>: nobody knows.</returns>
    public GeoPoint? Find(string? name) =>
        name is null ? null
        : _own.TryGetValue(name, out var own) ? own
        : WellKnownRegions.ByName.TryGetValue(name, out var known) ? known
        : null;
}
