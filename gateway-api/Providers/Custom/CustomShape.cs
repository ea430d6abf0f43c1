using System.Collections.Frozen;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>A provider's mapping, read once: template, paths, and words.</summary>
/// <param name="mapping">Checked before it came here.</param>
internal sealed class CustomShape(CustomMapping mapping)
{
    private readonly FrozenDictionary<string, FinishReason> _words = mapping.Response.FinishWords.ToFrozenDictionary(
        static word => word.Word, static word => WordOf(word.Meaning), StringComparer.Ordinal);

    public CustomMapping Mapping => mapping;

    public RequestTemplate Template { get; } = RequestTemplate.Parse(mapping.Request);

    /// <summary>What a model of the provider can do at most.</summary>
    public ModelCapabilities Capabilities => CapabilitiesOf(mapping, Template.Used);

    public CustomPaths Answer { get; } = new(
        mapping.Response.Text, mapping.Response.Finish, mapping.Response.PromptTokens, mapping.Response.CompletionTokens);

    /// <summary><see langword="null"/>: there are no streams.</summary>
    public CustomPaths? Event { get; } = mapping.Stream is { } stream
        ? new(stream.Text, stream.Finish, stream.PromptTokens, stream.CompletionTokens)
        : null;

    /// <summary>Calls in a whole answer; <see langword="null"/>: there are none.</summary>
    public CustomCalls? AnswerCalls { get; } = mapping.Response.Calls is { } calls ? new(calls) : null;

    /// <summary>Calls in an event; <see langword="null"/>: there are none.</summary>
    public CustomCalls? EventCalls { get; } = mapping.Stream?.Calls is { } calls ? new(calls) : null;

    public JsonPath? Id { get; } = mapping.Response.Id is { } id ? JsonPath.Parse(id) : null;

    public JsonPath? Error { get; } = mapping.Response.Error is { } error ? JsonPath.Parse(error) : null;

    /// <summary>What the provider's word for the end of an answer means.</summary>
    /// <param name="value">The word, or a truth value that tells no more than that it is the end.</param>
    /// <returns><see langword="null"/>: the answer has not ended.</returns>
    public FinishReason? FinishOf(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } word when word.GetString() is { Length: > 0 } text => ReasonOf(text),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True } other => ReasonOf(other.GetRawText()),
        _ => null,
    };

    /// <summary>Why an answer ended, calls considered: some providers end a turn of calls with their usual word, and a client would not answer the calls.</summary>
    /// <param name="told">What the provider said.</param>
    /// <param name="hasCalls">Whether there are calls.</param>
    public static FinishReason FinishOf(FinishReason told, bool hasCalls) => told switch
    {
        FinishReason.Stop when hasCalls => FinishReason.ToolCalls,
        FinishReason.ToolCalls when !hasCalls => FinishReason.Stop,
        _ => told,
    };

    private static ModelCapabilities CapabilitiesOf(CustomMapping mapping, IReadOnlySet<string> used) =>
        (mapping.ChatPath is null ? ModelCapabilities.None : ModelCapabilities.Chat)
        | (mapping.CompletionPath is null ? ModelCapabilities.None : ModelCapabilities.Completions)
        | (mapping.Stream is null ? ModelCapabilities.None : ModelCapabilities.Streaming)
        | (used.Contains("tools") ? ModelCapabilities.Tools : ModelCapabilities.None)
        | (used.Contains("messages_with_parts") ? ModelCapabilities.Vision : ModelCapabilities.None)
        | (used.Contains("response_format") || used.Contains("json_schema") ? ModelCapabilities.Json : ModelCapabilities.None);

    private FinishReason ReasonOf(string word) => _words.TryGetValue(word, out var reason) ? reason : WordOf(word);

    private static FinishReason WordOf(string word) => word switch
    {
        "length" => FinishReason.Length,
        "tool_calls" => FinishReason.ToolCalls,
        "content_filter" => FinishReason.ContentFilter,
        _ => FinishReason.Stop,
    };
}
