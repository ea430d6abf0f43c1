using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// One subject that a request counts against: its key, its user, its team. Shared by all requests and callers of the
/// subject in this gateway; replaced limits are seen by the next request.
/// </summary>
/// <param name="subject">For example <c>key:4fGh2kLmN0pQ</c>, <c>user:ada</c>, <c>team:research</c>.</param>
internal sealed class Account(string subject)
{
    private LimitSet? _limits;

    /// <summary>What limits are held by, and what the ledger is kept by.</summary>
    public string Subject => subject;

    /// <summary>The subject's own limits; <see langword="null"/>: the defaults of its kind.</summary>
    public LimitSet? Limits
    {
        get => Volatile.Read(ref _limits);
        set => Volatile.Write(ref _limits, value);
    }

    /// <summary>Model patterns (globs) that the subject may use; default or empty: all.</summary>
    public ImmutableArray<string> Models { get; set; }

    /// <summary>Regions that may serve the subject; default or empty: all.</summary>
    public ImmutableArray<string> Regions { get; set; }

    /// <summary>Whether the subject is refused altogether.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>The request limiter's own state for the subject, so that the hot path looks nothing up. Owned by the limiter.</summary>
    public object? LimiterState;

    /// <summary>The budgets' own state for the subject. Owned by them.</summary>
    public object? BudgetState;
}
