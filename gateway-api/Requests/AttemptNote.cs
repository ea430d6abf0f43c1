using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Requests;

/// <summary>How one attempt came about and ended. Nothing of what was said.</summary>
internal readonly record struct AttemptNote
{
    /// <summary>Who was asked, and with which prices.</summary>
    public required Candidate Candidate { get; init; }

    /// <summary>The model that was to serve: the one that was asked for, or one that took over from it.</summary>
    public required string Target { get; init; }

    /// <summary>Why another model took over.</summary>
    public required FallbackReason Fallback { get; init; }

    /// <summary>How the provider was chosen.</summary>
    public required string? Strategy { get; init; }

    /// <summary>Whether it was asked so that its score stays fresh.</summary>
    public required bool Explores { get; init; }

    /// <summary>How it ended.</summary>
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>When it began, as a timestamp.</summary>
    public required long StartedAt { get; init; }

    /// <summary>From sending to the last byte.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>To the first token of a stream, else to the last byte; zero: none came.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>What was billed; zero: not told.</summary>
    public required TokenUsage Usage { get; init; }
}
