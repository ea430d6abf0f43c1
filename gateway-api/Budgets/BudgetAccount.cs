using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What an account's budget comes to under one configuration, kept with the account so that the hot path looks nothing up.</summary>
/// <param name="Policy">The configuration.</param>
/// <param name="Own">The account's own limits that were read.</param>
/// <param name="Limits">Which hold.</param>
/// <param name="IsShadow">Whether going over them is only told.</param>
/// <param name="Subject">What this gateway holds of it; <see langword="null"/>: nothing is limited.</param>
internal sealed record BudgetAccount(BudgetPolicy Policy, LimitSet? Own, BudgetLimits Limits, bool IsShadow, SubjectBudget? Subject);
