using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Reads a whole <c>chat.completion</c> for a client that speaks another dialect. It was read before without error.</summary>
internal static class OpenAiAnswerReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <summary>Reads the first choice; <see langword="null"/>: there is none that can be told.</summary>
    public static Answer? Read(ReadOnlyMemory<byte> body, Core.Providers.TokenUsage? usage)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            var root = document.RootElement;
            return root.TryGetValue("choices", out var choices) && choices.ValueKind == JsonValueKind.Array
                && choices.GetArrayLength() > 0 && choices[0].TryGetValue("message", out var message)
                    ? Read(root, choices[0], message) with { Usage = usage }
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Answer Read(JsonElement root, JsonElement choice, JsonElement message)
    {
        var text = new StringBuilder();
        var thoughts = new StringBuilder();
        ReadSaid(message, text, thoughts);
        var calls = ReadCalls(message);
        var finish = ChatFinish.Parse(Encoding.UTF8.GetBytes(choice.GetText("finish_reason") ?? ""));
        return new Answer
        {
            Id = root.GetText("id"),
            Model = root.GetText("model"),
            Text = text.Length > 0 ? text.ToString() : null,
            Reasoning = thoughts.Length > 0 ? thoughts.ToString() : null,
            Refusal = message.GetText("refusal"),
            Calls = calls,

            // Some servers end a turn of calls with 'stop'; a client would not answer the calls.
            Finish = finish == FinishReason.Stop && calls.Count > 0 ? FinishReason.ToolCalls : finish,
        };
    }

    // In the order of the members, as a stream tells them.
    private static void ReadSaid(JsonElement message, StringBuilder text, StringBuilder thoughts)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var hasThought = false;
        foreach (var member in message.EnumerateObject())
        {
            if (member.NameEquals("content"u8))
            {
                ReadContent(member.Value, text, thoughts);
            }
            else if (!hasThought && (member.NameEquals("reasoning_content"u8) || member.NameEquals("reasoning"u8))
                && member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: > 0 } thought)
            {
                // Some servers send the same thought under both names.
                hasThought = true;
                thoughts.Append(thought);
            }
        }
    }

    private static void ReadContent(JsonElement content, StringBuilder text, StringBuilder thoughts)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            text.Append(content.GetString());
        }
        else if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray())
            {
                if (part.ValueKind == JsonValueKind.String)
                {
                    text.Append(part.GetString());
                }

                text.Append(part.GetText("text"));
                // A thought within a thought is none, as in a stream.
                if (!ReferenceEquals(text, thoughts) && part.TryGetValue("thinking", out var thinking))
                {
                    ReadContent(thinking, thoughts, thoughts);
                }
            }
        }
    }

    private static List<ToolCall> ReadCalls(JsonElement message)
    {
        var calls = new List<ToolCall>();
        if (!message.TryGetValue("tool_calls", out var told) || told.ValueKind != JsonValueKind.Array)
        {
            return calls;
        }

        foreach (var call in told.EnumerateArray())
        {
            call.TryGetValue("function", out var function);
            if (function.GetText("name") is { Length: > 0 } name)
            {
                calls.Add(new ToolCall(call.GetText("id") ?? $"call_{calls.Count}", name, function.GetText("arguments") ?? "{}"));
            }
        }

        return calls;
    }
}
