using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Embeddings by <c>/api/embed</c>.</summary>
internal static class OllamaEmbeddings
{
    private static readonly FrozenSet<string> Copied = new[] { "truncate", "options", "keep_alive" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = EmbeddingsRequest.Read(request.Body);
        if (reading.Request is not { } asked)
        {
            return reading.Refusal;
        }

        asked.NoteDropped(Copied, notes);
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, target.UpstreamModel);
        json.WriteStartArray("input"u8);
        foreach (var text in asked.Texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        if (asked.Dimensions > 0)
        {
            json.WriteNumber("dimensions"u8, asked.Dimensions);
        }

        foreach (var name in Copied.Where(asked.Fields.ContainsKey))
        {
            json.WritePropertyName(name);
            asked.Fields[name].WriteTo(json);
        }

        json.WriteEndObject();
        return null;
    }

    /// <summary>Turns the answer into OpenAI's form.</summary>
    public static WholeAnswer Translate(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            root.TryGetValue("embeddings", out var vectors);
            var usage = root.TryGetValue("prompt_eval_count", out _) ? new TokenUsage(root.GetCount("prompt_eval_count"), 0, 0, 0, 0) : default(TokenUsage?);
            return EmbeddingsWriter.Write(request, EmbeddingsWriter.ListOf(vectors), usage, output);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }
    }
}
