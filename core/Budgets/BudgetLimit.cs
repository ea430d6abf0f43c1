namespace ProxyCluster.Core.Budgets;

/// <summary>One of a subject's limits on tokens and money.</summary>
public enum BudgetLimit
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Tokens in any 60 s.</summary>
    TokensPerMinute = 1,

    /// <summary>Tokens in any 3,600 s.</summary>
    TokensPerHour = 2,

    /// <summary>Dollars in a calendar day, UTC.</summary>
    DollarsPerDay = 3,

    /// <summary>Dollars in a calendar month, UTC.</summary>
    DollarsPerMonth = 4,
}

/// <summary>What the limits have in common.</summary>
public static class BudgetLimitKinds
{
    /// <summary>Every limit.</summary>
    public static ReadOnlySpan<BudgetLimit> All =>
        [BudgetLimit.TokensPerMinute, BudgetLimit.TokensPerHour, BudgetLimit.DollarsPerDay, BudgetLimit.DollarsPerMonth];

    /// <summary>Whether it is counted in money, not in tokens.</summary>
    public static bool IsMoney(this BudgetLimit limit) => limit is BudgetLimit.DollarsPerDay or BudgetLimit.DollarsPerMonth;
}
