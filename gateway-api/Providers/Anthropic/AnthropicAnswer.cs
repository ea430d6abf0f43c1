using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Turns a whole message into a <c>chat.completion</c>.</summary>
internal static class AnthropicAnswer
{
    /// <summary>How what this provider's translator writes is escaped: as little as JSON allows.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the translation; nothing is written when the body is not a message.</summary>
    public static WholeAnswer Translate(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var message = document.RootElement;
            if (!message.TryGetValue("content", out var content) || content.ValueKind != JsonValueKind.Array || message.GetText("type") is not (null or "message"))
            {
                return new WholeAnswer(AnswerValidity.Invalid, null);
            }

            var usage = ReadUsage(message);
            var draft = new ArrayBufferWriter<byte>(body.Length + 256);
            using (var json = new Utf8JsonWriter(draft, WriterOptions))
            {
                WriteCompletion(json, request, message, content, usage, now);
            }

            output.Write(draft.WrittenSpan);
            return new WholeAnswer(AnswerValidity.Translated, usage);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is what System.Text.Json makes of half a surrogate pair in a string.
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }
    }

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

    private static void WriteCompletion(
        Utf8JsonWriter json, InferenceRequest request, JsonElement message, JsonElement content, TokenUsage? usage, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, message.GetText("id") ?? $"chatcmpl-{Guid.CreateVersion7(now):N}");
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, now.ToUnixTimeSeconds());
        json.WriteString("model"u8, message.GetText("model") ?? request.Model);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        WriteMessage(json, message, content);
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, AnthropicFinish.From(message.GetText("stop_reason")));
        json.WriteEndObject();
        json.WriteEndArray();
        if (usage is { } told)
        {
            json.WritePropertyName("usage"u8);
            AnthropicUsage.Write(json, told);
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, JsonElement message, JsonElement content)
    {
        var text = Join(content, "text", "text");
        var thoughts = Join(content, "thinking", "thinking");
        var calls = content.EnumerateArray().Where(static block => block.GetText("type") == "tool_use").ToList();

        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, text ?? (calls.Count > 0 ? null : ""));
        json.WriteString("refusal"u8, message.TryGetValue("stop_details", out var details) ? details.GetText("explanation") : null);
        if (thoughts is not null)
        {
            json.WriteString("reasoning_content"u8, thoughts);
        }

        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            calls.ForEach(call => WriteCall(json, call));
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string? Join(JsonElement content, string type, string member)
    {
        string? joined = null;
        foreach (var block in content.EnumerateArray())
        {
            if (block.GetText("type") == type && block.GetText(member) is { Length: > 0 } text)
            {
                joined += text;
            }
        }

        return joined;
    }

    private static void WriteCall(Utf8JsonWriter json, JsonElement call)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, call.GetText("id"));
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, call.GetText("name"));
        json.WriteString("arguments"u8, call.TryGetValue("input", out var input) ? Compact(input) : "{}");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Compact(JsonElement input)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            input.WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
