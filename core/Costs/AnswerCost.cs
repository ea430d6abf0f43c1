using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Costs;

/// <summary>What an answer cost, by the prices of the entry that gave it.</summary>
public static class AnswerCost
{
    private const decimal TokensPerPrice = 1_000_000;

    // A division by one keeps the value and drops the zeros at its end: 0.0010 is written 0.001.
    private const decimal OneInFull = 1.0000000000000000000000000000m;

    /// <summary>US dollars without zeros at their end; <see langword="null"/>: no price is known.</summary>
    /// <param name="entry">Who answered. A side without a price is free.</param>
    /// <param name="usage">Tokens billed.</param>
    public static decimal? DollarsOf(ModelDefinition entry, in TokenUsage usage)
    {
        if (entry.InputCostPerMillion is null && entry.OutputCostPerMillion is null)
        {
            return null;
        }

        var input = entry.InputCostPerMillion ?? 0;
        var prompt = (usage.UncachedInput * input)
            + (usage.CacheRead * (entry.CacheReadCostPerMillion ?? input))
            + (usage.CacheWrite * (entry.CacheWriteCostPerMillion ?? input));
        return (prompt + (usage.Completion * (entry.OutputCostPerMillion ?? 0))) / TokensPerPrice / OneInFull;
    }
}
