using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Holds callers to their limits, from leases. Implemented by the lease holder, and by tests.</summary>
internal interface IRequestLimiter
{
    /// <summary>Takes one request from the caller's lease. Completes synchronously save when the lease is empty.</summary>
    ValueTask<LimitDecision> AcquireAsync(Caller caller, CancellationToken cancellationToken);
}

/// <summary>Whether a request may go on, and what the headers say.</summary>
/// <param name="Refusal">Why not; <see langword="null"/>: admitted.</param>
/// <param name="Limit">The most constrained limit; 0: none applies, and no header is sent.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Until all of it is free again.</param>
internal readonly record struct LimitDecision(Refusal? Refusal, int Limit, int Remaining, TimeSpan Reset)
{
    /// <summary>Admitted, without a limit.</summary>
    public static LimitDecision Unlimited => default;
}
