using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Models;

/// <summary>What <c>/v1/models</c> lists: names that are written out, aliases, and what providers told of those that only patterns serve.</summary>
internal sealed class ListedModels(IRoutingSnapshotSource snapshots, DiscoveredModels discovered)
{
    private Listing? _last;

    /// <summary>The list of this moment, sorted by name; made anew only when something has changed.</summary>
    public ImmutableArray<ListedModel> Current
    {
        get
        {
            var snapshot = snapshots.Current;
            var heard = discovered.ByProvider;
            var last = Volatile.Read(ref _last);
            if (last is null || !ReferenceEquals(last.Definitions, snapshot.Definitions) || !ReferenceEquals(last.Heard, heard))
            {
                last = new Listing(snapshot.Definitions, heard, Create(snapshot, heard));
                Volatile.Write(ref _last, last);
            }

            return last.Models;
        }
    }

    private static ImmutableArray<ListedModel> Create(RoutingSnapshot snapshot, ImmutableDictionary<string, DiscoveredList> heard)
    {
        var names = new SortedSet<string>(snapshot.Index.ModelNames, StringComparer.Ordinal);
        foreach (var provider in snapshot.Definitions.Providers.Where(ModelDiscovery.IsAsked))
        {
            names.UnionWith(heard.TryGetValue(provider.Name, out var list) ? list.Names.Select(name => NameOf(provider, name)).OfType<string>() : []);
        }

        return [.. names.Select(name => ListedModel.From(name, snapshot.Index.Resolve(name))).OfType<ListedModel>()];
    }

    // Null: no entry serves it.
    private static string? NameOf(ProviderDefinition provider, string told) => provider.Models.FirstOrDefault(model => model.Serves(told)) is not { } entry ? null
        : provider.Type == CustomDefaults.Type ? CustomDefaults.NameOf(entry, told)
        : told;

    private sealed record Listing(RoutingDefinitions Definitions, ImmutableDictionary<string, DiscoveredList> Heard, ImmutableArray<ListedModel> Models);
}

/// <summary>One line of the list.</summary>
/// <param name="Id">What clients ask for.</param>
/// <param name="First">Who would be asked first; <see langword="null"/>: an alias of nobody.</param>
internal sealed record ListedModel(string Id, Candidate? First)
{
    /// <summary>A name as the index resolves it; <see langword="null"/>: nobody serves it now.</summary>
    public static ListedModel? From(string id, in CandidateSet candidates) => candidates.State != CandidateState.Found ? null
        : new ListedModel(id, candidates.Count == 0 ? null : candidates[0]);
}
