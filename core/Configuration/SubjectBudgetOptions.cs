namespace ProxyCluster.Core.Configuration;

/// <summary>The budget of each subject of a kind.</summary>
public sealed class SubjectBudgetOptions : BudgetLimitOptions;
