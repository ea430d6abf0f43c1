using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Writes a whole answer as a <c>message</c>.</summary>
internal static class MessagesAnswerWriter
{
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 128 };

    public static void Write(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("id"u8, answer.Id ?? NewId("msg", now));
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, answer.Model ?? request.Model);
        WriteContent(json, answer, now);
        json.WriteString("stop_reason"u8, MessagesFinish.NameOf(answer.Finish, answer.StopSequence, answer.Refusal is { Length: > 0 }));
        json.WriteString("stop_sequence"u8, answer.StopSequence);
        json.WritePropertyName("usage"u8);
        MessagesUsage.Write(json, answer.Usage ?? default);
        json.WriteEndObject();
    }

    /// <summary>An id for what the provider gave none.</summary>
    /// <param name="prefix"><c>msg</c> or <c>toolu</c>.</param>
    /// <param name="now">The time.</param>
    internal static string NewId(string prefix, DateTimeOffset now) => $"{prefix}_{Guid.CreateVersion7(now):N}";

    private static void WriteContent(Utf8JsonWriter json, Answer answer, DateTimeOffset now)
    {
        json.WriteStartArray("content"u8);
        if (answer.Reasoning is { Length: > 0 } || answer.ReasoningSignature is not null)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "thinking"u8);
            json.WriteString("thinking"u8, answer.Reasoning ?? "");
            json.WriteString("signature"u8, answer.ReasoningSignature ?? "");
            json.WriteEndObject();
        }

        foreach (var data in answer.RedactedReasoning)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "redacted_thinking"u8);
            json.WriteString("data"u8, data);
            json.WriteEndObject();
        }

        WriteText(json, answer.Text + answer.Refusal);
        foreach (var call in answer.Calls)
        {
            WriteCall(json, call, now);
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        if (text.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, text);
            json.WriteEndObject();
        }
    }

    private static void WriteCall(Utf8JsonWriter json, ToolCall call, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, call.Id.Length > 0 ? call.Id : NewId("toolu", now));
        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("input"u8);
        WriteInput(json, call.Arguments);
        json.WriteStartObject("caller"u8);
        json.WriteString("type"u8, "direct"u8); // the model itself, not code that it runs
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Some models write arguments that are no JSON object. The form has no other place for them than an object's member.
    private static void WriteInput(Utf8JsonWriter json, string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments, ReaderOptions);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                json.WriteRawValue(JsonText.Compact(document.RootElement));
                return;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Told below, like JSON that is no object.
        }

        json.WriteStartObject();
        json.WriteString("raw_arguments"u8, arguments);
        json.WriteEndObject();
    }
}
