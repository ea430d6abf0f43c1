using ProxyCluster.Core.Routing;

namespace ProxyCluster.GrainInterfaces.Routing;

/// <summary>What a gateway has, and how long it will wait for something else.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="GatewayName">For operators: host and process id.</param>
/// <param name="Definitions">The version it routes by.</param>
/// <param name="Scores">The version of its scores.</param>
/// <param name="Wait">At most <see cref="RoutingTable.LongestWait"/>; longer ones are cut to it. Zero: ask the table itself.</param>
[GenerateSerializer, Immutable, Alias("pc.routing-poll")]
public readonly record struct RoutingPoll(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] string GatewayName,
    [property: Id(2)] SnapshotVersion Definitions,
    [property: Id(3)] SnapshotVersion Scores,
    [property: Id(4)] TimeSpan Wait);

/// <summary>What differs from what the gateway had.</summary>
/// <param name="Definitions">Whole; <see langword="null"/>: as before.</param>
/// <param name="Scores">Whole; <see langword="null"/>: as before.</param>
/// <param name="ActiveGateways">Gateways that polled lately, this one included; at least 1. They share limits when the limiter is down.</param>
[GenerateSerializer, Immutable, Alias("pc.routing-update")]
public sealed record RoutingUpdate(
    [property: Id(0)] RoutingDefinitions? Definitions,
    [property: Id(1)] ScoreVector? Scores,
    [property: Id(2)] int ActiveGateways)
{
    /// <summary>How long ago the routing table was heard that this comes from; zero where it comes from the table itself.</summary>
    [Id(3)] public TimeSpan Age { get; init; }
}
