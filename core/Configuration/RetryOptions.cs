using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>When a failed attempt is made again. How often in all: <see cref="RoutingOptions.MaxAttempts"/>.</summary>
public sealed class RetryOptions
{
    /// <summary>Retries at a provider that fails, as a share of what is in flight there. Default 0.2.</summary>
    [Range(0.0, 1.0)]
    public double BudgetShare { get; set; } = 0.2;

    /// <summary>Retries at a provider that fails which are always allowed at once. Default 3.</summary>
    [Range(0, 10_000)]
    public int BudgetLeast { get; set; } = 3;

    /// <summary>Whether a provider that failed is asked again where no other is left. Default true.</summary>
    public bool AskAgain { get; set; } = true;

    /// <summary>The longest <c>Retry-After</c> of a provider that is waited for, in seconds; 0: none. Default 5.</summary>
    [Range(0.0, 600.0)]
    public double LongestWaitSeconds { get; set; } = 5;
}
