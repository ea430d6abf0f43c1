using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Completions;

/// <summary>Writes a whole answer as a <c>text_completion</c>: what the model thought has no place in it.</summary>
internal static class CompletionsAnswerWriter
{
    public static void Write(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("id"u8, answer.Id ?? NewId(now));
        json.WriteString("object"u8, "text_completion"u8);
        json.WriteNumber("created"u8, now.ToUnixTimeSeconds());
        json.WriteString("model"u8, answer.Model ?? request.Model);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, answer.Text + answer.Refusal);
        json.WriteNumber("index"u8, 0);
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, FinishOf(answer.Finish));
        json.WriteEndObject();
        json.WriteEndArray();
        if (answer.Usage is { } usage)
        {
            json.WritePropertyName("usage"u8);
            ChatUsage.Write(json, usage);
        }

        json.WriteEndObject();
    }

    /// <summary>An id for what the provider gave none.</summary>
    internal static string NewId(DateTimeOffset now) => $"cmpl-{Guid.CreateVersion7(now):N}";

    /// <summary>The word for why an answer ended; calls, which nobody offered, are not among them.</summary>
    internal static string FinishOf(FinishReason reason) => ChatFinish.NameOf(reason == FinishReason.ToolCalls ? FinishReason.Stop : reason);
}
