using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What one request has taken of one budget.</summary>
/// <param name="At">When, in milliseconds of the gateway's monotonic clock.</param>
/// <param name="Tag">Of the grant it was taken from; 0: of none.</param>
/// <param name="Day">The day that pays.</param>
/// <param name="Amount">How much.</param>
internal readonly record struct Taken(long At, long Tag, int Day, Amount Amount);
