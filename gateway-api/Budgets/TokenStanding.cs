using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>How a caller stands against its limits on tokens.</summary>
/// <param name="Limit">The most constrained limit; 0: none applies, and no header is sent.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Until all of it is free again.</param>
/// <param name="Kind">Which limit it is.</param>
internal readonly record struct TokenStanding(long Limit, long Remaining, TimeSpan Reset, BudgetLimit Kind);
