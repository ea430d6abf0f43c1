using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Core.Condensation;

/// <summary>How a conversation is to be condensed.</summary>
public sealed record CondensationRequest
{
    /// <summary>Tokens of the result at most, by <see cref="Counter"/> and with what each message costs besides its text.</summary>
    public required int Budget { get; init; }

    /// <summary>The tokenizer of the model that will read the result.</summary>
    public required TokenCounter Counter { get; init; }

    /// <summary>How.</summary>
    public CondensationStrategy Strategy { get; init; } = CondensationStrategy.Hybrid;

    /// <summary>What the reader wants to know; <see langword="null"/>: the last user message says it; empty: nothing in particular.</summary>
    public string? Query { get; init; }

    /// <summary>The moment that ages are counted from; <see langword="null"/>: that of the newest message.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>What is looked for in texts.</summary>
    public CondensationWords Words { get; init; } = CondensationWords.English;

    /// <summary>
    /// Tokens of each message by <see cref="Counter"/>, with what it costs besides its text, where they are counted already;
    /// <see langword="null"/>: they are not.
    /// </summary>
    public IReadOnlyList<int>? Counted { get; init; }

    /// <summary>Ends the work at once, in the midst of a message too: it then throws <see cref="OperationCanceledException"/>. Default: nothing does.</summary>
    public CancellationToken GivenUp { get; init; }

    /// <summary>How much each sign counts in <c>hybrid</c>.</summary>
    internal HybridWeights Weights { get; init; } = HybridWeights.Tuned;
}

/// <summary>The strategies of SPEC section 4.</summary>
public enum CondensationStrategy
{
    /// <summary>All of the others' signs: relevance, salience, coverage, recency, structure.</summary>
    Hybrid = 0,

    /// <summary>Code blocks and key sentences.</summary>
    Structural = 1,

    /// <summary>Recency, importance and position.</summary>
    Temporal = 2,

    /// <summary>By topic, long topics as summaries.</summary>
    Semantic = 3,
}
