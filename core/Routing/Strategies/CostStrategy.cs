namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>Who is cheapest for this request; among equals by priority, then by weight. Who has no known price comes after all others.</summary>
public sealed class CostStrategy : IRoutingStrategy
{
    /// <summary>The length of an answer where the client sets no limit, in tokens: input and output prices differ too much to leave it out.</summary>
    public const int AssumedOutputTokens = 256;

    /// <summary>The one there is.</summary>
    public static readonly CostStrategy Instance = new();

    private CostStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "cost";

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        var request = contest.Request;
        var output = request.OutputTokens > 0 ? request.OutputTokens : AssumedOutputTokens;
        for (var i = 0; i < contest.Count; i++)
        {
            var price = contest[i].Price;
            contest.Values[i] = price.IsKnown ? -price.Of(request.PromptTokens, output) : double.MinValue;
        }

        return Sharing.ByPriorityThenWeight(contest, Sharing.Best(contest));
    }
}
