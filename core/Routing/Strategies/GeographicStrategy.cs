namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>
/// Who is nearest to the client; among those of one place by priority, then by weight. Who is nowhere known to be comes
/// after all others. Where the client is not known, all are equal.
/// </summary>
public sealed class GeographicStrategy : IRoutingStrategy
{
    /// <summary>The one there is.</summary>
    public static readonly GeographicStrategy Instance = new();

    private const double Nowhere = -2; // behind the other end of the world, which is at -1

    private GeographicStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "geographic";

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        var client = contest.Request.Client;
        for (var i = 0; i < contest.Count; i++)
        {
            contest.Values[i] = client is { } here && contest[i].Location is { } place ? here.NearnessTo(place) : Nowhere;
        }

        return Sharing.ByPriorityThenWeight(contest, Sharing.Best(contest));
    }
}
