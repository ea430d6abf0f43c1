using System.Text.Json;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>
/// A chat request in a form of no dialect: what every client's request is read into, and every provider's request is
/// written from, where the bytes cannot go through as they are. Lives as long as the request.
/// </summary>
internal sealed record Conversation
{
    /// <summary>In the order of the request; at least one.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>The functions that the model may call.</summary>
    public IReadOnlyList<Tool> Tools { get; init; } = [];

    /// <summary>Whether the model may, must or must not call one.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Default;

    /// <summary>Whether several calls at once are welcome; <see langword="null"/>: as the provider likes.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>The form of the answer's text.</summary>
    public AnswerFormat Format { get; init; } = AnswerFormat.Text;

    /// <summary>The longest answer, in tokens, reasoning included; 0: not said.</summary>
    public int MaxOutputTokens { get; init; }

    /// <summary>Sequences that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>0 or more; <see langword="null"/>: not said.</summary>
    public double? Temperature { get; init; }

    /// <summary>0 to 1; <see langword="null"/>: not said.</summary>
    public double? TopP { get; init; }

    /// <summary>At least 1; <see langword="null"/>: not said.</summary>
    public int? TopK { get; init; }

    /// <summary>−2 to 2; <see langword="null"/>: not said.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>−2 to 2; <see langword="null"/>: not said.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>For answers that repeat; <see langword="null"/>: not said.</summary>
    public long? Seed { get; init; }

    /// <summary>How much the model is to think.</summary>
    public ReasoningWish Reasoning { get; init; } = ReasoningWish.None;

    /// <summary>The end user, as the client calls him; <see langword="null"/>: not said.</summary>
    public string? User { get; init; }

    /// <summary>
    /// Every top-level member of the request that is not null, by the name that Chat Completions has for it, or its own
    /// where that has none. What a provider does with each is told by its <see cref="FieldTable"/>.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> Fields { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Members that no other dialect has: every provider's translation leaves them out, with a warning.</summary>
    public IReadOnlyList<string> Dropped { get; init; } = [];

    /// <summary>The request as it came, for dialects whose answers repeat it; undefined: this one's do not.</summary>
    public JsonElement Source { get; init; }
}

/// <summary>A conversation, or why the request holds none.</summary>
internal readonly record struct ConversationReading(Conversation? Conversation, Errors.Refusal? Refusal)
{
    /// <summary>Reads a body; the first fault that is met refuses it.</summary>
    /// <param name="body">One JSON object.</param>
    /// <param name="read">Reads its members.</param>
    public static ConversationReading Of(ReadOnlyMemory<byte> body, Func<JsonElement, FieldReader, Conversation> read)
    {
        try
        {
            // Strings and schemas are read from it as long as the request lives: it is left to the garbage collector.
            var root = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 128 }).RootElement;
            var fields = new FieldReader();
            var conversation = read(root, fields);
            return fields.Fault is { } fault ? fault : conversation;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is what System.Text.Json makes of half a surrogate pair in a string.
            return Errors.Refusals.InvalidJson("The body holds text that is not valid Unicode or not valid JSON.");
        }
    }

    public static implicit operator ConversationReading(Conversation conversation) => new(conversation, null);

    public static implicit operator ConversationReading(Errors.Refusal refusal) => new(null, refusal);
}
