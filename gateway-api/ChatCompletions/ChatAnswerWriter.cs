using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>Writes a whole answer as a <c>chat.completion</c>.</summary>
internal static class ChatAnswerWriter
{
    public static void Write(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("id"u8, answer.Id ?? $"chatcmpl-{Guid.CreateVersion7(now):N}");
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, now.ToUnixTimeSeconds());
        json.WriteString("model"u8, answer.Model ?? request.Model);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        WriteMessage(json, answer);
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, ChatFinish.NameOf(answer.Finish));
        json.WriteEndObject();
        json.WriteEndArray();
        if (answer.Usage is { } usage)
        {
            json.WritePropertyName("usage"u8);
            ChatUsage.Write(json, usage);
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, Answer answer)
    {
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, answer.Text ?? (answer.Calls.Count > 0 ? null : ""));
        json.WriteString("refusal"u8, answer.Refusal);
        if (answer.Reasoning is { } reasoning)
        {
            json.WriteString("reasoning_content"u8, reasoning);
        }

        if (answer.Calls.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var call in answer.Calls)
            {
                WriteCall(json, call);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, ToolCall call)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, call.Id);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, call.Name);
        json.WriteString("arguments"u8, call.Arguments);
        json.WriteEndObject();
        if (call.Signature is { } signature)
        {
            json.WriteStartObject("extra_content"u8);
            json.WriteStartObject("google"u8);
            json.WriteString("thought_signature"u8, signature);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}

/// <summary>The words of Chat Completions for why an answer ended.</summary>
internal static class ChatFinish
{
    public static string NameOf(FinishReason reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        FinishReason.ToolCalls => "tool_calls",
        FinishReason.ContentFilter => "content_filter",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The reason has no name."),
    };

    /// <summary>Reads the word; what is not known is the usual end.</summary>
    public static FinishReason Parse(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("length"u8) || name.SequenceEqual("max_tokens"u8) ? FinishReason.Length
        : name.SequenceEqual("tool_calls"u8) || name.SequenceEqual("function_call"u8) ? FinishReason.ToolCalls
        : name.SequenceEqual("content_filter"u8) ? FinishReason.ContentFilter
        : FinishReason.Stop;
}
