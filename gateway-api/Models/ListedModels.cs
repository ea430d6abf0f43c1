using System.Collections.Immutable;
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
            names.UnionWith(heard.TryGetValue(provider.Name, out var list) ? list.Names.Where(name => provider.Models.Any(model => model.Serves(name))) : []);
        }

        return [.. names.Select(name => ListedModel.From(name, snapshot.Index.Resolve(name))).OfType<ListedModel>()];
    }

    private sealed record Listing(RoutingDefinitions Definitions, ImmutableDictionary<string, DiscoveredList> Heard, ImmutableArray<ListedModel> Models);
}

/// <summary>One line of the list.</summary>
/// <param name="Id">What clients ask for.</param>
/// <param name="Owner">The provider that would be asked first.</param>
/// <param name="ContextLengthTokens">Prompt and answer together; 0: not known.</param>
/// <param name="MaxOutputTokens">The longest answer; 0: not known.</param>
internal sealed record ListedModel(string Id, string Owner, int ContextLengthTokens, int MaxOutputTokens)
{
    /// <summary>A name as the index resolves it; <see langword="null"/>: nobody serves it now.</summary>
    public static ListedModel? From(string id, in CandidateSet candidates) => candidates.State != CandidateState.Found ? null
        : candidates.Count == 0 ? new ListedModel(id, "proxycluster", 0, 0)
        : new ListedModel(id, candidates[0].Provider.Name, candidates[0].Entry.ContextLengthTokens, candidates[0].Entry.MaxOutputTokens);
}
