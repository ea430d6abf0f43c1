using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>Turns Google's embeddings, of either form, into OpenAI's.</summary>
internal static class EmbeddingsAnswer
{
    /// <summary>Writes the translation; nothing is written when the body holds no embeddings.</summary>
    public static WholeAnswer Translate(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var vectors = Vectors(root).ToList();
            if (vectors.Count == 0 || vectors.Exists(static values => values.ValueKind != JsonValueKind.Array))
            {
                return new WholeAnswer(AnswerValidity.Invalid, null);
            }

            var usage = ReadUsage(root);
            var draft = new ArrayBufferWriter<byte>(body.Length + 256);
            using (var json = new Utf8JsonWriter(draft, JsonText.WriterOptions))
            {
                Write(request, vectors, usage, json);
            }

            output.Write(draft.WrittenSpan);
            return new WholeAnswer(AnswerValidity.Translated, usage);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            // The last is a number that no float can hold.
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }
    }

    // batchEmbedContents: embeddings[].values; embedContent: embedding.values; predict: predictions[].embeddings.values.
    private static IEnumerable<JsonElement> Vectors(JsonElement root)
    {
        if (root.TryGetValue("embedding", out var single))
        {
            return [Values(single)];
        }

        if (root.TryGetValue("embeddings", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            return list.EnumerateArray().Select(Values);
        }

        return root.TryGetValue("predictions", out var predictions) && predictions.ValueKind == JsonValueKind.Array
            ? predictions.EnumerateArray().Select(static prediction => prediction.TryGetValue("embeddings", out var embeddings) ? Values(embeddings) : default)
            : [];
    }

    private static JsonElement Values(JsonElement embedding) => embedding.TryGetValue("values", out var values) ? values : default;

    private static TokenUsage? ReadUsage(JsonElement root)
    {
        if (root.TryGetValue("usageMetadata", out var told))
        {
            return new TokenUsage(told.GetCount("promptTokenCount"), 0, 0, 0, 0);
        }

        if (!root.TryGetValue("predictions", out var predictions) || predictions.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var tokens = predictions.EnumerateArray().Sum(static prediction =>
            prediction.TryGetValue("embeddings", out var embeddings) && embeddings.TryGetValue("statistics", out var statistics)
                ? statistics.GetCount("token_count")
                : 0);
        return tokens > 0 ? new TokenUsage(tokens, 0, 0, 0, 0) : null;
    }

    private static void Write(InferenceRequest request, List<JsonElement> vectors, TokenUsage? usage, Utf8JsonWriter json)
    {
        var asBase64 = EmbeddingWish.WantsBase64(request);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        for (var i = 0; i < vectors.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, i);
            json.WritePropertyName("embedding"u8);
            if (asBase64)
            {
                json.WriteBase64StringValue(Pack(vectors[i]));
            }
            else
            {
                WriteNumbers(vectors[i], json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model"u8, request.Model);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage?.Prompt ?? 0);
        json.WriteNumber("total_tokens"u8, usage?.Prompt ?? 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNumbers(JsonElement values, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.Number)
            {
                throw new FormatException("An embedding holds something else than numbers.");
            }

            value.WriteTo(json);
        }

        json.WriteEndArray();
    }

    // As OpenAI has it: 32-bit floats, the lowest byte first.
    private static byte[] Pack(JsonElement values)
    {
        var bytes = new byte[values.GetArrayLength() * sizeof(float)];
        var at = 0;
        foreach (var value in values.EnumerateArray())
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), value.GetSingle());
            at += sizeof(float);
        }

        return bytes;
    }
}
