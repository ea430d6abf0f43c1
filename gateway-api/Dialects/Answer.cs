using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>A whole answer in a form of no dialect: what a provider's answer is read into, and a client's is written from.</summary>
internal sealed record Answer
{
    /// <summary>The provider's id; <see langword="null"/>: it gave none.</summary>
    public string? Id { get; init; }

    /// <summary>The model that answered; <see langword="null"/>: the one that was asked for.</summary>
    public string? Model { get; init; }

    /// <summary><see langword="null"/>: no text.</summary>
    public string? Text { get; init; }

    /// <summary>What the model thought; <see langword="null"/>: nothing that is told.</summary>
    public string? Reasoning { get; init; }

    /// <summary>What the provider wants back with the thoughts; <see langword="null"/>: nothing.</summary>
    public string? ReasoningSignature { get; init; }

    /// <summary>Thoughts that are only there as the provider's encrypted data, each as it wants it back.</summary>
    public IReadOnlyList<string> RedactedReasoning { get; init; } = [];

    /// <summary>Why the model would not answer; <see langword="null"/>: it did.</summary>
    public string? Refusal { get; init; }

    /// <summary>In the model's order.</summary>
    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    public FinishReason Finish { get; init; }

    /// <summary>The sequence that ended the answer; <see langword="null"/>: none did, or it is not told.</summary>
    public string? StopSequence { get; init; }

    /// <summary>Tokens billed; <see langword="null"/>: not told.</summary>
    public TokenUsage? Usage { get; init; }
}

/// <summary>Why an answer ended.</summary>
internal enum FinishReason
{
    /// <summary>It was complete, or met a stop sequence.</summary>
    Stop = 0,

    /// <summary>It reached its limit or the end of the context.</summary>
    Length = 1,

    /// <summary>The model waits for results.</summary>
    ToolCalls = 2,

    /// <summary>A filter, or the model itself, would not have more said.</summary>
    ContentFilter = 3,
}
