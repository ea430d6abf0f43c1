using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Grains.Routing;

/// <summary>What the routing table stores: whole definitions, so that one read brings every gateway back.</summary>
[GenerateSerializer, Alias("pc.routing-table-state")]
internal sealed class RoutingTableState
{
    /// <summary>Made when nothing was stored yet.</summary>
    [Id(0)] public Guid Epoch { get; init; }

    /// <summary>Counts changes.</summary>
    [Id(1)] public long Counter { get; init; }

    /// <summary>The configuration generation in force; 0: no file was taken yet.</summary>
    [Id(2)] public long Generation { get; init; }

    /// <summary>The content of the file in force.</summary>
    [Id(3)] public ulong FileHash { get; init; }

    /// <summary>Every provider, by name.</summary>
    [Id(4)] public ImmutableArray<ProviderDefinition> Providers { get; init; } = [];

    /// <summary>Every alias, by name.</summary>
    [Id(5)] public ImmutableArray<AliasDefinition> Aliases { get; init; } = [];

    /// <summary>The provider of a name, if there is one.</summary>
    /// <param name="name">The provider's name.</param>
    public ProviderDefinition? Find(string name) => Providers.FirstOrDefault(p => p.Name == name);

    /// <summary>The next state.</summary>
    /// <param name="providers">Every provider.</param>
    /// <param name="file">The file now in force; <see langword="null"/>: as before.</param>
    public RoutingTableState Next(IEnumerable<ProviderDefinition> providers, (long Generation, ulong Hash, ImmutableArray<AliasDefinition> Aliases)? file = null) => new()
    {
        Epoch = Epoch,
        Counter = Counter + 1,
        Generation = file?.Generation ?? Generation,
        FileHash = file?.Hash ?? FileHash,
        Providers = [.. providers.OrderBy(p => p.Name, StringComparer.Ordinal)],
        Aliases = file?.Aliases ?? Aliases,
    };

    /// <summary>The snapshot for gateways.</summary>
    public RoutingDefinitions ToDefinitions() =>
        new(new SnapshotVersion(Epoch, Counter, DefinitionHash.Of(Providers, Aliases)), Providers, Aliases);
}
