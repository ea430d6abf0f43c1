using Orleans.Concurrency;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GrainInterfaces.Routing;

/// <summary>Puts all definitions and all scores into snapshots and hands them to the silos' relays.</summary>
/// <remarks>
/// Key: <see cref="RoutingTable.Key"/>, one in a cluster. The index of definitions and the version are stored; the
/// scores are not, they come again with the next reports.
/// </remarks>
[GrainInterfaceType("pc.routing-table"), Alias("pc.routing-table")]
public interface IRoutingTableGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes the definitions of a configuration file. The highest generation wins among processes; providers that the
    /// file no longer names are removed, those of the API stay.
    /// </summary>
    /// <param name="file">What the process has read.</param>
    [Alias("publish-file")]
    ValueTask<FilePublication> PublishFileAsync(FileDefinitions file);

    /// <summary>A provider grain tells its definition after each change.</summary>
    /// <param name="definition">As stored by the provider's grain.</param>
    [Alias("upsert"), AlwaysInterleave]
    ValueTask UpsertAsync(ProviderDefinition definition);

    /// <summary>A provider grain tells that its definition is gone.</summary>
    /// <param name="provider">The provider's name.</param>
    [Alias("drop"), AlwaysInterleave]
    ValueTask DropAsync(string provider);

    /// <summary>A provider grain tells its scores, at most four times a second.</summary>
    /// <param name="scores">All scores of that provider.</param>
    [Alias("score"), AlwaysInterleave]
    ValueTask ScoreAsync(ProviderScores scores);

    /// <summary>
    /// Answers as soon as anything differs from what a silo's relay has, or when the wait is over. Gateways ask their
    /// relay (<see cref="IRoutingRelayGrain"/>), so that the table's work grows with silos and not with gateways.
    /// </summary>
    /// <param name="poll">What the relay has, and whom it serves.</param>
    /// <returns>What differs; both parts <see langword="null"/> when nothing did in time.</returns>
    [Alias("relay"), AlwaysInterleave]
    ValueTask<RoutingUpdate> RelayAsync(RelayPoll poll);

    /// <summary>Tells which definitions are in force and which process has which file and snapshot.</summary>
    [Alias("status"), AlwaysInterleave]
    ValueTask<RoutingTableStatus> StatusAsync();
}
