using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Reads a whole message.</summary>
internal static class AnthropicAnswer
{
    /// <summary>The gateway's own limit on depth was applied before.</summary>
    public static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 512 };

    /// <summary>Reads a message for a client that speaks another dialect; <see langword="null"/>: the body is none.</summary>
    public static Answer? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, ReaderOptions);
            var message = document.RootElement;
            return message.TryGetValue("content", out var content) && content.ValueKind == JsonValueKind.Array && message.GetText("type") is null or "message"
                ? Read(message, content)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is what System.Text.Json makes of half a surrogate pair in a string.
            return null;
        }
    }

    private static Answer Read(JsonElement message, JsonElement content)
    {
        var text = new StringBuilder();
        var thoughts = new StringBuilder();
        var signatures = new List<string>();
        var redacted = new List<string>();
        var calls = new List<ToolCall>();
        foreach (var block in content.EnumerateArray())
        {
            switch (block.GetText("type"))
            {
                case "text":
                    text.Append(block.GetText("text"));
                    break;
                case "thinking":
                    thoughts.Append(block.GetText("thinking"));
                    signatures.Add(block.GetText("signature") ?? "");
                    break;
                case "redacted_thinking" when block.GetText("data") is { Length: > 0 } data:
                    redacted.Add(data);
                    break;
                case "tool_use":
                    calls.Add(ReadCall(block));
                    break;
            }
        }

        return new Answer
        {
            Id = message.GetText("id"),
            Model = message.GetText("model"),
            Text = text.Length > 0 ? text.ToString() : null,
            Reasoning = thoughts.Length > 0 ? thoughts.ToString() : null,

            // A signature holds for its own thought only, and these are joined.
            ReasoningSignature = signatures is [{ Length: > 0 } signature] ? signature : null,
            RedactedReasoning = redacted,
            Refusal = message.TryGetValue("stop_details", out var details) ? details.GetText("explanation") : null,
            Calls = calls,
            Finish = AnthropicFinish.From(message.GetText("stop_reason")),
            StopSequence = message.GetText("stop_sequence"),
            Usage = ReadUsage(message),
        };
    }

    private static ToolCall ReadCall(JsonElement block) =>
        new(block.GetText("id") ?? "", block.GetText("name") ?? "", block.TryGetValue("input", out var input) ? JsonText.Compact(input) : "{}");

    private static TokenUsage? ReadUsage(JsonElement message)
    {
        if (!message.TryGetValue("usage", out var told))
        {
            return null;
        }

        var usage = default(AnthropicUsage);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(told.GetRawText()));
        reader.Read();
        usage.Read(ref reader);
        return usage.Tokens;
    }
}
