using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Holds callers to their limits, from leases. Implemented by the lease holder, and by tests.</summary>
internal interface IRequestLimiter
{
    /// <summary>
    /// Takes one request from the leases of all that it counts against, or from none of them. Completes synchronously save where a
    /// lease is empty; all that are empty are asked for side by side.
    /// </summary>
    ValueTask<LimitDecision> AcquireAsync(in LimitedRequest request, CancellationToken cancellationToken);

    /// <summary>The request has ended, however: what it had in flight is free. Called exactly once for each that was admitted.</summary>
    void Release(in LimitDecision admitted);
}

/// <summary>What a request is limited by.</summary>
/// <param name="Caller">Who sends it.</param>
/// <param name="Model">The model asked for; <see langword="null"/>: none.</param>
/// <param name="From">Where it comes from, for events; <see langword="null"/>: not known.</param>
internal readonly record struct LimitedRequest(Caller Caller, string? Model = null, CallerContext? From = null);

/// <summary>Whether a request may go on, and what the headers say.</summary>
/// <param name="Refusal">Why not; <see langword="null"/>: admitted.</param>
/// <param name="Limit">The most constrained limit of all levels; 0: none applies, and no header is sent.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Until all of it is free again.</param>
internal readonly record struct LimitDecision(Refusal? Refusal, int Limit, int Remaining, TimeSpan Reset)
{
    /// <summary>Admitted, without a limit.</summary>
    public static LimitDecision Unlimited => default;

    /// <summary>The window that the limit is about.</summary>
    public LimitWindow Window { get; init; }

    /// <summary>What has to be given back when the request ends.</summary>
    public HeldSlots Slots { get; init; }
}
