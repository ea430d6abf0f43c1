using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>Reads a whole <c>GenerateContentResponse</c>.</summary>
internal static class GeminiAnswerReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <summary>Reads the answer; <see langword="null"/>: the body is none.</summary>
    public static Answer? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            var root = document.RootElement;
            if (root.TryGetValue("candidates", out var candidates) && candidates.ValueKind == JsonValueKind.Array && candidates.GetArrayLength() > 0)
            {
                return ReadCandidate(root, candidates[0]);
            }

            return root.TryGetValue("promptFeedback", out var feedback) && feedback.GetText("blockReason") is not null
                ? Head(root) with { Finish = FinishReason.ContentFilter }
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is what System.Text.Json makes of half a surrogate pair in a string.
            return null;
        }
    }

    private static Answer Head(JsonElement root) => new()
    {
        Id = root.GetText("responseId"),
        Model = root.GetText("modelVersion"),
        Usage = ReadUsage(root),
    };

    private static TokenUsage? ReadUsage(JsonElement root)
    {
        if (!root.TryGetValue("usageMetadata", out var told))
        {
            return null;
        }

        var usage = default(GeminiUsage);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(told.GetRawText()));
        reader.Read();
        usage.Read(ref reader);
        return usage.Tokens;
    }

    private static Answer? ReadCandidate(JsonElement root, JsonElement candidate)
    {
        var finish = candidate.GetText("finishReason");
        var hasParts = candidate.TryGetValue("content", out var content)
            && content.TryGetValue("parts", out var parts) && parts.ValueKind == JsonValueKind.Array;
        if (finish is null && !hasParts)
        {
            return null;
        }

        var head = Head(root);
        var read = new Parts(GeminiCallIds.PrefixOf(head.Id));
        if (hasParts)
        {
            content.TryGetValue("parts", out parts);
            foreach (var part in parts.EnumerateArray())
            {
                read.Take(part);
            }
        }

        if (GeminiFinish.Parse(Encoding.UTF8.GetBytes(finish ?? "STOP"), read.Calls.Count > 0) is not { } reason)
        {
            return null;
        }

        return head with
        {
            Text = read.Text.Length > 0 ? read.Text.ToString() : null,
            Reasoning = read.Thoughts.Length > 0 ? read.Thoughts.ToString() : null,
            ReasoningSignature = read.Calls.Find(static call => call.Signature is not null)?.Signature is { } signature
                ? GeminiSignature.ToReasoning(signature)
                : null,
            Calls = read.Calls,
            Finish = reason,
        };
    }

    private sealed class Parts(string idPrefix)
    {
        public StringBuilder Text { get; } = new();

        public StringBuilder Thoughts { get; } = new();

        public List<ToolCall> Calls { get; } = [];

        public void Take(JsonElement part)
        {
            if (part.TryGetValue("functionCall", out var call) && call.GetText("name") is { Length: > 0 } name)
            {
                var arguments = call.TryGetValue("args", out var args) && args.ValueKind == JsonValueKind.Object ? JsonText.Compact(args) : "{}";
                var id = call.GetText("id") is { Length: > 0 } given ? given : GeminiCallIds.Make(idPrefix, Calls.Count);
                var signature = part.GetText("thoughtSignature");
                Calls.Add(new ToolCall(id, name, arguments) { Signature = signature is { Length: > 0 } ? signature : null });
                return;
            }

            var isThought = part.TryGetValue("thought", out var thought) && thought.ValueKind == JsonValueKind.True;
            (isThought ? Thoughts : Text).Append(part.GetText("text"));
        }
    }
}
