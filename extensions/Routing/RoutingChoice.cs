namespace ProxyCluster.Extensions.Routing;

/// <summary>What a strategy chooses from.</summary>
public readonly ref struct RoutingChoice
{
    /// <summary>Those that may be asked for this request; at least two.</summary>
    public ReadOnlySpan<RoutingCandidate> Candidates { get; init; }

    /// <summary>The prompt's length, estimated, in tokens; 0: not known.</summary>
    public int PromptTokens { get; init; }

    /// <summary>The client's limit of the answer, in tokens; 0: none.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Whether the answer is streamed.</summary>
    public bool IsStream { get; init; }

    /// <summary>Uniform in [0, 1), drawn for this choice.</summary>
    public double Random { get; init; }
}
