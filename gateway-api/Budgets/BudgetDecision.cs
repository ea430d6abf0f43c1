using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Whether a request may go on.</summary>
/// <param name="Taken">What it has taken.</param>
/// <param name="Refusal">Why not; <see langword="null"/>: it may.</param>
internal readonly record struct BudgetDecision(Taken Taken, Refusal? Refusal);
