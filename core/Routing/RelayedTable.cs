namespace ProxyCluster.Core.Routing;

/// <summary>What a relay does with a gateway's poll.</summary>
public enum RelayDecision
{
    /// <summary>The gateway has what the relay has: it waits for a change.</summary>
    Wait = 0,

    /// <summary>The gateway is behind: it is answered at once.</summary>
    Answer = 1,

    /// <summary>The gateway may know more than the relay, or the relay knows nothing: the table is asked first.</summary>
    AskFirst = 2,
}

/// <summary>What the relay of one silo has heard from the routing table. Not thread-safe.</summary>
/// <remarks>
/// Versions have no order, so that of two that differ neither is newer by itself. Which side is behind is told by memory: a
/// version that this relay has had before is old. One that it has never had comes with a gateway that another relay has
/// served, or from a disk; handing such a gateway what is here could take it back in time.
/// </remarks>
public sealed class RelayedTable
{
    /// <summary>Former versions of the definitions that are remembered; they change rarely.</summary>
    public const int MaxFormer = 16;

    private readonly Queue<SnapshotVersion> _former = new();

    /// <summary>Whether the table was heard at all.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>As last heard.</summary>
    public RoutingDefinitions Definitions { get; private set; } = RoutingDefinitions.Empty;

    /// <summary>As last heard.</summary>
    public ScoreVector Scores { get; private set; } = ScoreVector.Empty;

    /// <summary>Gateways of the whole cluster, as last heard; at least 1.</summary>
    public int ActiveGateways { get; private set; } = 1;

    /// <summary>Takes in an answer of the table.</summary>
    /// <param name="definitions">Whole; <see langword="null"/>: as before.</param>
    /// <param name="scores">Whole; <see langword="null"/>: as before.</param>
    /// <param name="activeGateways">At least 1.</param>
    /// <returns>Whether gateways that wait have to be told.</returns>
    public bool Take(RoutingDefinitions? definitions, ScoreVector? scores, int activeGateways)
    {
        HasHeard = true;
        ActiveGateways = Math.Max(1, activeGateways);
        if (definitions is not null && definitions.Version != Definitions.Version)
        {
            _former.Enqueue(Definitions.Version);
            if (_former.Count > MaxFormer)
            {
                _former.Dequeue();
            }
        }

        Definitions = definitions ?? Definitions;
        Scores = scores ?? Scores;
        return definitions is not null || scores is not null;
    }

    /// <summary>What to do with a poll.</summary>
    /// <param name="definitions">The version the gateway routes by.</param>
    /// <param name="scores">The version of its scores.</param>
    public RelayDecision Decide(SnapshotVersion definitions, SnapshotVersion scores)
    {
        if (!HasHeard || IsForeign(definitions))
        {
            return RelayDecision.AskFirst;
        }

        // Scores come again four times a second: a step back in them is not worth a call.
        return definitions == Definitions.Version && scores == Scores.Version ? RelayDecision.Wait : RelayDecision.Answer;
    }

    private bool IsForeign(SnapshotVersion definitions) =>
        definitions != Definitions.Version && definitions != SnapshotVersion.None && !_former.Contains(definitions);
}
