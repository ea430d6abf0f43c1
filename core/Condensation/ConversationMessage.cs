using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>One message as condensation sees it, whatever dialect it came in.</summary>
public sealed record ConversationMessage
{
    /// <summary>Who says it.</summary>
    public required MessageRole Role { get; init; }

    /// <summary>All of its text, parts joined by a line break; empty where it has none.</summary>
    public required string Text { get; init; }

    /// <summary>The speaker's name, where the client tells one.</summary>
    public string? Name { get; init; }

    /// <summary>When it was said; <see langword="null"/>: a minute before the message after it (SPEC section 4).</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The ids of the tool calls that it makes.</summary>
    public ImmutableArray<string> Calls { get; init; } = [];

    /// <summary>The ids of the tool calls that it answers.</summary>
    public ImmutableArray<string> Answers { get; init; } = [];

    /// <summary>What a user says beside the results of tools that the message carries; <see langword="null"/>: nothing, or it carries none.</summary>
    public string? OwnText { get; init; }

    /// <summary>Names and arguments of its calls, or their beginning: no text of the message, but what it is about; empty where it makes none.</summary>
    public string Called { get; init; } = "";

    /// <summary>Pictures in it.</summary>
    public int Images { get; init; }

    /// <summary>Files and recordings in it.</summary>
    public int Files { get; init; }

    /// <summary>Whether it holds thoughts of the model.</summary>
    public bool HasThoughts { get; init; }

    /// <summary>Whether it holds calls of tools together with their results, which is told of messages that were several.</summary>
    public bool HasResults { get; init; }

    /// <summary>Whether it holds what is no text (images, calls, results of tools): it is kept whole or not at all.</summary>
    public bool IsIndivisible { get; init; }

    /// <summary>Tokens of what is no text: calls and their arguments, images.</summary>
    public int OtherTokens { get; init; }
}
