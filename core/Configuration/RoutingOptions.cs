using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How a provider is chosen.</summary>
public sealed class RoutingOptions
{
    /// <summary>
    /// The strategy of models, and of aliases that name none: <c>intelligent</c>, <c>round_robin</c>, <c>least_connections</c>,
    /// <c>weighted_random</c>, <c>geographic</c>, <c>latency</c>, <c>cost</c>, <c>priority</c>, <c>prefix_affinity</c>, or one
    /// that an extension adds. Default <c>intelligent</c>.
    /// </summary>
    public string Strategy { get; set; } = "intelligent";

    /// <summary>How much each part of the score counts (SPEC section 2).</summary>
    public ScoreWeightOptions Weights { get; set; } = new();

    /// <summary>
    /// Percent of the requests that go to those of which least is known, so that their scores stay fresh; for strategies
    /// that go by outcomes. 0: none. Default 1.
    /// </summary>
    [Range(0.0, 50.0)]
    public double ExplorationPercent { get; set; } = 1;

    /// <summary>
    /// Whether the score's cost is relative to the dearest candidate: it gets 0, and who is free gets 100. Default
    /// <see langword="false"/>: 10 cents a request are 0, and nothing is 100.
    /// </summary>
    public bool RelativeCost { get; set; }

    /// <summary>Attempts of one request over all providers. Default 3.</summary>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Minutes between two looks at what providers with patterns serve, for the list of models; 0: never. Default 60.</summary>
    [Range(0, 10080)]
    public int DiscoveryMinutes { get; set; } = 60;

    /// <summary>When a provider is no longer asked, and how it comes back.</summary>
    public CircuitOptions Circuit { get; set; } = new();

    /// <summary>How long a model rests whose limit at the provider is reached.</summary>
    public CoolDownOptions CoolDown { get; set; } = new();

    /// <summary>Checks of providers without traffic.</summary>
    public HealthOptions Health { get; set; } = new();

    /// <summary>When a failed attempt is made again.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>Whether a second provider is asked where the first is slow.</summary>
    public HedgingOptions Hedging { get; set; } = new();
}
