using Orleans;

namespace ProxyCluster.Core.Budgets;

/// <summary>How one subject's limits on tokens and money stand.</summary>
/// <param name="Limits">The limits that it was asked with.</param>
/// <param name="Minute">Tokens in 60 s.</param>
/// <param name="Hour">Tokens in 3,600 s.</param>
/// <param name="Day">Nano-dollars of the day.</param>
/// <param name="Month">Nano-dollars of the month.</param>
/// <param name="IsNearEnd">Less than a tenth of a budget is left: gateways give back at once what they do not need.</param>
[GenerateSerializer, Immutable, Alias("pc.budget-standing")]
public sealed record BudgetStanding(
    [property: Id(0)] BudgetLimits Limits,
    [property: Id(1)] BudgetLevel Minute,
    [property: Id(2)] BudgetLevel Hour,
    [property: Id(3)] BudgetLevel Day,
    [property: Id(4)] BudgetLevel Month,
    [property: Id(5)] bool IsNearEnd)
{
    /// <summary>One limit's level.</summary>
    public BudgetLevel Of(BudgetLimit limit) => limit switch
    {
        BudgetLimit.TokensPerMinute => Minute,
        BudgetLimit.TokensPerHour => Hour,
        BudgetLimit.DollarsPerDay => Day,
        BudgetLimit.DollarsPerMonth => Month,
        _ => default,
    };
}

/// <summary>How one limit stands, in its own unit.</summary>
/// <param name="Used">What requests that have ended used.</param>
/// <param name="Held">What gateways hold, for requests in flight and for the next ones.</param>
/// <param name="Reset">Until all of it is free again, if nothing more is used.</param>
[GenerateSerializer, Immutable, Alias("pc.budget-level")]
public readonly record struct BudgetLevel([property: Id(0)] long Used, [property: Id(1)] long Held, [property: Id(2)] TimeSpan Reset)
{
    /// <summary>What is left of a limit; at least 0.</summary>
    public long LeftOf(long limit) => Math.Max(0, limit - Used - Held);
}
