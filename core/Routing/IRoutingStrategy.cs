namespace ProxyCluster.Core.Routing;

/// <summary>A rule by which one of those that may be asked is chosen. Stateless; one instance serves all requests.</summary>
public interface IRoutingStrategy
{
    /// <summary>The name in configuration, headers, traces and metrics.</summary>
    string Name { get; }

    /// <summary>Whether the order of an alias counts: only those that stand first in it then contend.</summary>
    bool IsOrdered => false;

    /// <summary>Whether it goes by who had the last turn (<see cref="Contest.LastTurn"/>): a choice then takes the turn.</summary>
    bool TakesTurns => false;

    /// <summary>
    /// Whether it goes by what outcomes have shown: a small share of the requests then goes to those of which least is
    /// known (<see cref="Exploration"/>), so that what it goes by stays true.
    /// </summary>
    bool Learns => false;

    /// <summary>Chooses. The same contest gives the same choice. Throws nothing, and allocates nothing.</summary>
    /// <param name="contest">At least one contender.</param>
    /// <returns>The contender's place, 0 to <see cref="Contest.Count"/> - 1.</returns>
    int Choose(in Contest contest);
}
