using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Reads a whole answer of <c>/v2/chat</c>.</summary>
internal static class CohereAnswer
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <returns><see langword="null"/> when the body is no answer.</returns>
    public static Answer? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            var root = document.RootElement;
            return root.TryGetValue("message", out var message) && message.ValueKind == JsonValueKind.Object
                && CohereFinish.Parse(Encoding.UTF8.GetBytes(root.GetText("finish_reason") ?? "")) is { } finish
                    ? Read(root, message, finish)
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Answer Read(JsonElement root, JsonElement message, FinishReason finish)
    {
        var text = new StringBuilder(message.GetText("tool_plan"));
        var thoughts = new StringBuilder();
        ReadContent(message, text, thoughts);
        var calls = ReadCalls(message);
        return new Answer
        {
            Id = root.GetText("id"),
            Text = text.Length > 0 ? text.ToString() : null,
            Reasoning = thoughts.Length > 0 ? thoughts.ToString() : null,
            Calls = calls,
            Finish = finish == FinishReason.Stop && calls.Count > 0 ? FinishReason.ToolCalls : finish,
            Usage = ReadUsage(root),
        };
    }

    private static void ReadContent(JsonElement message, StringBuilder text, StringBuilder thoughts)
    {
        if (!message.TryGetValue("content", out var content))
        {
            return;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            text.Append(content.GetString());
        }
        else if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray())
            {
                text.Append(part.GetText("text"));
                thoughts.Append(part.GetText("thinking"));
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
                var arguments = function.GetText("arguments");
                calls.Add(new ToolCall(
                    call.GetText("id") is { Length: > 0 } id ? id : $"call_{calls.Count}",
                    name,
                    string.IsNullOrEmpty(arguments) ? "{}" : arguments));
            }
        }

        return calls;
    }

    private static TokenUsage? ReadUsage(JsonElement root)
    {
        if (!root.TryGetValue("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(usage), new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        reader.Read();
        return CohereUsage.Read(ref reader);
    }
}
