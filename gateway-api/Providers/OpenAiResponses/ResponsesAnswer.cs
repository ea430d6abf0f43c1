using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>Reads a whole <c>response</c> object of a provider.</summary>
internal static class ResponsesAnswer
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <summary>Checks an answer that is copied to a client of the same dialect, and takes its usage.</summary>
    public static WholeAnswer Check(InferenceRequest request, ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        if (document is null)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        try
        {
            NoteKept(request, document.RootElement);
            return new WholeAnswer(AnswerValidity.Verbatim, UsageOf(document.RootElement));
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, in a string or a member's name.
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }
    }

    /// <summary>Reads an answer for a client of another dialect; <see langword="null"/>: it is none.</summary>
    public static Answer? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = Parse(body);
            return document is null ? null : Read(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a string.
            return null;
        }
    }

    /// <summary>Tokens billed, of a <c>response</c> object; <see langword="null"/>: not told.</summary>
    public static TokenUsage? UsageOf(JsonElement response) =>
        response.TryGetValue("usage", out var usage) ? ResponsesUsage.Read(usage) : null;

    /// <summary>Why an answer ended.</summary>
    /// <param name="response">The whole <c>response</c> object.</param>
    /// <param name="hasCalls">Whether it calls functions.</param>
    public static FinishReason FinishOf(JsonElement response, bool hasCalls)
    {
        response.TryGetValue("incomplete_details", out var details);
        return details.GetText("reason") switch
        {
            "content_filter" => FinishReason.ContentFilter,
            null when response.GetText("status") != "incomplete" => hasCalls ? FinishReason.ToolCalls : FinishReason.Stop,
            _ => FinishReason.Length,
        };
    }

    /// <summary>Tells who wants to know under which id the provider keeps the answer, if it does.</summary>
    public static void NoteKept(InferenceRequest request, JsonElement response)
    {
        var isKept = !response.TryGetValue("store", out var store) || store.ValueKind != JsonValueKind.False;
        if (isKept && response.GetText("id") is { Length: > 0 } id)
        {
            request.AnswerKept?.Invoke(id);
        }
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        // The parser does not look into strings, so that half a character would be passed on.
        if (!Utf8.IsValid(body.Span))
        {
            return null;
        }

        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(body, Options);
            if (IsAnswer(document.RootElement))
            {
                return document;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or with a name that is not Unicode.
        }

        document?.Dispose();
        return null;
    }

    private static bool IsAnswer(JsonElement root) =>
        root.TryGetValue("output", out var output) && output.ValueKind == JsonValueKind.Array
        && !root.TryGetValue("error", out _)
        && root.GetText("status") is not ("failed" or "cancelled");

    private static Answer Read(JsonElement root)
    {
        var text = new StringBuilder();
        var refusal = new StringBuilder();
        var thoughts = new List<string>();
        var calls = new List<ToolCall>();
        string? signature = null;
        foreach (var item in root.GetProperty("output").EnumerateArray())
        {
            switch (item.GetText("type"))
            {
                case "message":
                    ReadMessage(item, text, refusal);
                    break;
                case "function_call" when item.GetText("name") is { Length: > 0 } name:
                    calls.Add(new ToolCall(item.GetText("call_id") ?? $"call_{calls.Count}", name, item.GetText("arguments") ?? "{}"));
                    break;
                case "reasoning":
                    thoughts.AddRange(ThoughtsOf(item));
                    signature = ReasoningToken.Of(item) ?? signature;
                    break;
                default:
                    // What the provider's own tools did has no word in other dialects.
                    break;
            }
        }

        return new Answer
        {
            Id = root.GetText("id"),
            Model = root.GetText("model"),
            Text = text.Length > 0 ? text.ToString() : null,
            Refusal = refusal.Length > 0 ? refusal.ToString() : null,
            Reasoning = thoughts.Count > 0 ? string.Join("\n\n", thoughts) : null,
            ReasoningSignature = signature,
            Calls = calls,
            Finish = FinishOf(root, calls.Count > 0),
            Usage = UsageOf(root),
        };
    }

    private static void ReadMessage(JsonElement item, StringBuilder text, StringBuilder refusal)
    {
        foreach (var part in PartsOf(item, "content"))
        {
            text.Append(part.GetText("text"));
            refusal.Append(part.GetText("refusal"));
        }
    }

    // Summaries are what a provider means to be told; open models tell the thoughts themselves, and no summary.
    private static IEnumerable<string> ThoughtsOf(JsonElement item)
    {
        var summaries = PartsOf(item, "summary").Select(static part => part.GetText("text")).OfType<string>().ToList();
        return summaries.Count > 0 ? summaries : PartsOf(item, "content").Select(static part => part.GetText("text")).OfType<string>();
    }

    private static JsonElement.ArrayEnumerator PartsOf(JsonElement item, string member) =>
        item.TryGetValue(member, out var parts) && parts.ValueKind == JsonValueKind.Array ? parts.EnumerateArray() : default;
}
