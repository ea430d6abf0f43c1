using Orleans.Concurrency;

namespace ProxyCluster.GrainInterfaces.Routing;

/// <summary>Hands the routing table's snapshots to the gateways of one silo, so that the table serves silos and not gateways.</summary>
/// <remarks>
/// Key: <see cref="RoutingRelay.Key"/>. Each silo has one of its own, and a gateway reaches the one of the silo that it is
/// connected to. Nothing is stored; a gateway whose silo was lost goes on at the relay of another.
/// </remarks>
[GrainInterfaceType("pc.routing-relay"), Alias("pc.routing-relay")]
public interface IRoutingRelayGrain : IGrainWithStringKey
{
    /// <summary>Answers as soon as anything differs from what the gateway has, or when the wait is over.</summary>
    /// <param name="poll">
    /// What the gateway has. With a wait of zero the table itself is asked first: the answer holds whatever was changed
    /// before the call.
    /// </param>
    /// <returns>
    /// What differs; both parts <see langword="null"/> when nothing did in time. <see cref="RoutingUpdate.Age"/> tells for
    /// how long the table has been silent.
    /// </returns>
    /// <exception cref="OrleansException">The table does not answer, and the relay has nothing that the gateway could take.</exception>
    /// <exception cref="TimeoutException">As before.</exception>
    [Alias("poll"), AlwaysInterleave]
    ValueTask<RoutingUpdate> PollAsync(RoutingPoll poll);
}

/// <summary>Where a silo's relay is found.</summary>
public static class RoutingRelay
{
    /// <summary>The only key.</summary>
    public const string Key = "relay";
}
