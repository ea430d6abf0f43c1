using System.Collections.Immutable;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GrainInterfaces.Routing;

/// <summary>What is in force, and who has what.</summary>
/// <param name="Definitions">The version of the definitions.</param>
/// <param name="Scores">The version of the scores.</param>
/// <param name="Generation">The configuration generation in force.</param>
/// <param name="Files">Every process that published a file lately.</param>
/// <param name="Gateways">Every gateway that polled lately.</param>
[GenerateSerializer, Immutable, Alias("pc.routing-table-status")]
public sealed record RoutingTableStatus(
    [property: Id(0)] SnapshotVersion Definitions,
    [property: Id(1)] SnapshotVersion Scores,
    [property: Id(2)] long Generation,
    [property: Id(3)] ImmutableArray<FileStatus> Files,
    [property: Id(4)] ImmutableArray<GatewayStatus> Gateways);

/// <summary>The file of one process.</summary>
/// <param name="Process">Host and process id.</param>
/// <param name="Generation">What its file says.</param>
/// <param name="Drifted">Whether it differs from what is in force.</param>
[GenerateSerializer, Immutable, Alias("pc.file-status")]
public readonly record struct FileStatus(
    [property: Id(0)] string Process,
    [property: Id(1)] long Generation,
    [property: Id(2)] bool Drifted);

/// <summary>What one gateway routes by.</summary>
/// <param name="Name">Host and process id.</param>
/// <param name="Definitions">The version it had at its last poll.</param>
/// <param name="LastPoll">When that was.</param>
[GenerateSerializer, Immutable, Alias("pc.gateway-status")]
public readonly record struct GatewayStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] SnapshotVersion Definitions,
    [property: Id(2)] DateTimeOffset LastPoll);
