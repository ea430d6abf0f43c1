namespace ProxyCluster.Extensions.Routing;

/// <summary>A provider that may be asked, and what the gateway knows of it at this moment.</summary>
public readonly record struct RoutingCandidate
{
    /// <summary>The provider's name.</summary>
    public string Provider { get; init; }

    /// <summary>The model as the provider knows it.</summary>
    public string Model { get; init; }

    /// <summary>The provider's <c>Region</c>; <see langword="null"/>: not known.</summary>
    public string? Region { get; init; }

    /// <summary>The provider's <c>Priority</c>: among equals, the lowest goes first.</summary>
    public int Priority { get; init; }

    /// <summary>The provider's <c>Weight</c>; 0 or more.</summary>
    public double Weight { get; init; }

    /// <summary>The place of its model in the alias that was asked for; 0 where none was.</summary>
    public int Place { get; init; }

    /// <summary>Requests in flight at the provider, in the whole cluster.</summary>
    public int InFlight { get; init; }

    /// <summary>Requests that the provider takes at once.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>Its score for this request, 0 to 100.</summary>
    public double Score { get; init; }

    /// <summary>
    /// Peak-sensitive average of its times, in seconds: to the first token for a stream, else to the end;
    /// <see langword="null"/>: no data.
    /// </summary>
    public double? LatencySeconds { get; init; }

    /// <summary>What this request is estimated to cost, in US dollars; <see langword="null"/>: no price is known.</summary>
    public double? CostDollars { get; init; }
}
