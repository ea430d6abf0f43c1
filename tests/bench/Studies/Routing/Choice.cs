using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>What one choice of a gateway depends on.</summary>
/// <param name="Candidates">As the gateway's snapshot has them.</param>
/// <param name="Wish">The request.</param>
/// <param name="Gateway">Its counts and its randomness.</param>
/// <param name="Now">The time.</param>
/// <param name="Tried">Who has failed already.</param>
internal readonly record struct Choice(
    CandidateSet Candidates, PickRequest Wish, SimulatedGateway Gateway, DateTimeOffset Now, int[] Tried);

/// <summary>Chooses a candidate that was not tried yet.</summary>
/// <returns>Its number.</returns>
internal delegate int Chooser(in Choice choice);
