using ProxyCluster.Core.Budgets;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What one request has taken of one budget.</summary>
/// <param name="At">When, in milliseconds of the gateway's monotonic clock.</param>
/// <param name="Tag">Of the grant it was taken from; 0: of none.</param>
/// <param name="Day">The day that pays.</param>
/// <param name="Amount">How much.</param>
internal readonly record struct Taken(long At, long Tag, int Day, Amount Amount);

/// <summary>Whether a request may go on.</summary>
/// <param name="Taken">What it has taken.</param>
/// <param name="Refusal">Why not; <see langword="null"/>: it may.</param>
internal readonly record struct BudgetDecision(Taken Taken, Refusal? Refusal);

/// <summary>How a caller stands against its limits on tokens.</summary>
/// <param name="Limit">The most constrained limit; 0: none applies, and no header is sent.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Until all of it is free again.</param>
internal readonly record struct TokenStanding(long Limit, long Remaining, TimeSpan Reset);
