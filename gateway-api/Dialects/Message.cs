using System.Text.Json;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>One message of a conversation.</summary>
internal sealed record Message(Role Role)
{
    /// <summary>What is said, in order; empty for an assistant that only calls tools.</summary>
    public IReadOnlyList<Part> Parts { get; init; } = [];

    /// <summary>The assistant's calls, in order.</summary>
    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    /// <summary>Of a tool's message: the call that it answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Of a tool's message: the call failed.</summary>
    public bool IsToolError { get; init; }

    /// <summary>The participant's name; <see langword="null"/>: none.</summary>
    public string? Name { get; init; }

    /// <summary>Where it stands in the client's request, for refusals: <c>messages[3]</c>.</summary>
    public string Path { get; init; } = "messages";

    /// <summary>Anthropic's mark for what is worth caching; undefined: none.</summary>
    public JsonElement CacheControl { get; init; }

    /// <summary>All text, joined; empty: none.</summary>
    public string Text => string.Concat(Parts.OfType<TextPart>().Select(static part => part.Text));
}

/// <summary>Who speaks.</summary>
internal enum Role
{
    /// <summary>Instructions: <c>system</c> and <c>developer</c>.</summary>
    System = 0,

    User = 1,

    Assistant = 2,

    /// <summary>The result of one call.</summary>
    Tool = 3,
}

/// <summary>The roles' names on the wire.</summary>
internal static class RoleWords
{
    /// <summary>As OpenAI's dialects and those after them have it.</summary>
    public static string Word(this Role role) => role switch
    {
        Role.System => "system",
        Role.User => "user",
        Role.Assistant => "assistant",
        _ => "tool",
    };
}

/// <summary>A call of a function.</summary>
/// <param name="Id">Not empty.</param>
/// <param name="Name">Not empty.</param>
/// <param name="Arguments">One JSON object, as text.</param>
internal sealed record ToolCall(string Id, string Name, string Arguments)
{
    /// <summary>What the provider wants back with the call, untouched; <see langword="null"/>: nothing.</summary>
    public string? Signature { get; init; }
}

/// <summary>A piece of a message.</summary>
/// <param name="Path">Where it stands in the client's request, for refusals.</param>
internal abstract record Part(string Path)
{
    /// <summary>Anthropic's mark for what is worth caching; undefined: none.</summary>
    public JsonElement CacheControl { get; init; }
}

internal sealed record TextPart(string Text, string Path) : Part(Path);

/// <summary>An image: either the data itself or where it can be had. Nothing is ever fetched by the gateway.</summary>
/// <param name="Data">From a data URL; <see langword="null"/>: there is a URL.</param>
/// <param name="Url">An https URL; <see langword="null"/>: the data is here.</param>
/// <param name="Detail">OpenAI's <c>detail</c>; <see langword="null"/>: not said.</param>
/// <param name="Path">Where it stands in the client's request.</param>
internal sealed record ImagePart(DataUrl? Data, string? Url, string? Detail, string Path) : Part(Path);

/// <summary>A document: data, a URL, or the name of one that the provider keeps.</summary>
internal sealed record FilePart(DataUrl? Data, string? Url, string? FileId, string? FileName, string Path) : Part(Path);

/// <summary>Sound.</summary>
/// <param name="Base64">The data.</param>
/// <param name="Format"><c>wav</c> or <c>mp3</c>.</param>
/// <param name="Path">Where it stands in the client's request.</param>
internal sealed record AudioPart(string Base64, string Format, string Path) : Part(Path);

/// <summary>What an assistant thought before it answered.</summary>
/// <param name="Text">Empty where only the signature is known.</param>
/// <param name="Signature">What the provider wants back untouched; <see langword="null"/>: nothing.</param>
/// <param name="Path">Where it stands in the client's request.</param>
internal sealed record ReasoningPart(string Text, string? Signature, string Path) : Part(Path)
{
    /// <summary>The thought is only there as the provider's encrypted data, in <see cref="Signature"/>.</summary>
    public bool IsRedacted { get; init; }
}

/// <summary>An assistant's refusal, as it said it.</summary>
internal sealed record RefusalPart(string Text, string Path) : Part(Path);
