using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>How a <c>custom_ai</c> provider streams, and where things are in an event.</summary>
[GenerateSerializer, Immutable, Alias("pc.custom-stream-mapping")]
public sealed record CustomStreamMapping
{
    /// <summary>Whether each line is an event, rather than events being server-sent ones.</summary>
    [Id(0)] public bool IsLines { get; init; }

    /// <summary>More of the text.</summary>
    [Id(1)] public required string Text { get; init; }

    /// <summary>Why the answer ended; <see langword="null"/>: not told.</summary>
    [Id(2)] public string? Finish { get; init; }

    /// <summary>Tokens of the prompt; <see langword="null"/>: not told.</summary>
    [Id(3)] public string? PromptTokens { get; init; }

    /// <summary>Tokens of the answer so far; <see langword="null"/>: not told.</summary>
    [Id(4)] public string? CompletionTokens { get; init; }

    /// <summary>The data, or the name, of the last event; <see langword="null"/>: the stream ends by closing after the finish.</summary>
    [Id(5)] public string? EndMarker { get; init; }

    /// <summary>The model's calls, whole or in pieces; <see langword="null"/>: it has none.</summary>
    [Id(6)] public CustomCallMapping? Calls { get; init; }
}
