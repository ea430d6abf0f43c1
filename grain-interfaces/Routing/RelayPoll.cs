using System.Collections.Immutable;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GrainInterfaces.Routing;

/// <summary>What a silo's relay has, whom it serves, and how long it will wait for something else.</summary>
/// <param name="Gateways">Every gateway that polled this relay in the last minute.</param>
/// <param name="Definitions">The version the relay has.</param>
/// <param name="Scores">The version of its scores.</param>
/// <param name="Wait">At most <see cref="RoutingTable.LongestWait"/>; longer ones are cut to it.</param>
[GenerateSerializer, Immutable, Alias("pc.relay-poll")]
public sealed record RelayPoll(
    [property: Id(0)] ImmutableArray<RelayedGateway> Gateways,
    [property: Id(1)] SnapshotVersion Definitions,
    [property: Id(2)] SnapshotVersion Scores,
    [property: Id(3)] TimeSpan Wait);

/// <summary>One gateway, as its relay knows it.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="Name">For operators: host and process id.</param>
/// <param name="Definitions">The version it routes by.</param>
/// <param name="Age">Since its last poll. An age and no time: silos' clocks differ.</param>
[GenerateSerializer, Immutable, Alias("pc.relayed-gateway")]
public readonly record struct RelayedGateway(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] string Name,
    [property: Id(2)] SnapshotVersion Definitions,
    [property: Id(3)] TimeSpan Age);
