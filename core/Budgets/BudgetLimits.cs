using Orleans;

namespace ProxyCluster.Core.Budgets;

/// <summary>What one subject may use at most; 0: no limit. May differ from call to call.</summary>
/// <param name="TokensPerMinute">Tokens, in and out, in any 60 s.</param>
/// <param name="TokensPerHour">Tokens, in and out, in any 3,600 s.</param>
/// <param name="NanoDollarsPerDay">Spent in a calendar day, UTC.</param>
/// <param name="NanoDollarsPerMonth">Spent in a calendar month, UTC.</param>
[GenerateSerializer, Immutable, Alias("pc.budget-limits")]
public readonly record struct BudgetLimits(
    [property: Id(0)] long TokensPerMinute,
    [property: Id(1)] long TokensPerHour,
    [property: Id(2)] long NanoDollarsPerDay,
    [property: Id(3)] long NanoDollarsPerMonth)
{
    /// <summary>Whether tokens are limited.</summary>
    public bool HasTokens => TokensPerMinute > 0 || TokensPerHour > 0;

    /// <summary>Whether money is limited.</summary>
    public bool HasMoney => NanoDollarsPerDay > 0 || NanoDollarsPerMonth > 0;

    /// <summary>Whether anything is.</summary>
    public bool Any => HasTokens || HasMoney;

    /// <summary>The part of an amount that is limited: only this is reserved.</summary>
    public Amount Limited(in Amount amount) => new(HasTokens ? amount.Tokens : 0, HasMoney ? amount.NanoDollars : 0);

    /// <summary>One limit, in tokens or nano-dollars; 0: there is none.</summary>
    public long Of(BudgetLimit limit) => limit switch
    {
        BudgetLimit.TokensPerMinute => TokensPerMinute,
        BudgetLimit.TokensPerHour => TokensPerHour,
        BudgetLimit.DollarsPerDay => NanoDollarsPerDay,
        BudgetLimit.DollarsPerMonth => NanoDollarsPerMonth,
        _ => 0,
    };
}
