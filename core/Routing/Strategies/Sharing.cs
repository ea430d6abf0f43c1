namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>Shares the traffic among contenders that a strategy holds equal.</summary>
internal static class Sharing
{
    /// <summary>Among the best, the lowest priority goes first, and weights share.</summary>
    /// <param name="contest">Who contends; its <see cref="Contest.Values"/> tell how good each is.</param>
    /// <param name="atLeast">Who is among the best.</param>
    /// <returns>A contender's place.</returns>
    public static int ByPriorityThenWeight(in Contest contest, double atLeast)
    {
        var priority = int.MaxValue;
        for (var i = 0; i < contest.Count; i++)
        {
            if (contest.Values[i] >= atLeast)
            {
                priority = Math.Min(priority, contest[i].Provider.Priority);
            }
        }

        for (var i = 0; i < contest.Count; i++)
        {
            contest.Values[i] = contest.Values[i] >= atLeast && contest[i].Provider.Priority == priority ? contest[i].Provider.Weight : -1;
        }

        return ByValue(contest);
    }

    /// <summary>Each gets a share as large as its value; who has a negative one is left out. If all values are 0, all get the same.</summary>
    /// <param name="contest">Who contends; its <see cref="Contest.Values"/> are the weights.</param>
    public static int ByValue(in Contest contest)
    {
        var sum = Sum(contest.Values);
        if (sum == 0)
        {
            foreach (ref var weight in contest.Values)
            {
                weight = weight == 0 ? 1 : weight;
            }

            sum = Sum(contest.Values);
        }

        var rest = contest.Random * sum;
        var last = 0;
        for (var i = 0; i < contest.Count; i++)
        {
            var weight = contest.Values[i];
            if (weight <= 0)
            {
                continue;
            }

            last = i;
            rest -= weight;
            if (rest < 0)
            {
                break;
            }
        }

        return last;
    }

    private static double Sum(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (var weight in weights)
        {
            sum += Math.Max(0, weight);
        }

        return sum;
    }

    /// <summary>The largest of the contest's values.</summary>
    public static double Best(in Contest contest)
    {
        var best = double.NegativeInfinity;
        foreach (var value in contest.Values)
        {
            best = Math.Max(best, value);
        }

        return best;
    }
}
