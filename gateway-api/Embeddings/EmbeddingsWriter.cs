using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>Writes the answer of <c>/v1/embeddings</c> from a provider's vectors.</summary>
internal static class EmbeddingsWriter
{
    /// <summary>Writes the answer, or nothing where there are not as many vectors of numbers as texts.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="vectors">The provider's vectors.</param>
    /// <param name="usage">Tokens billed; <see langword="null"/>: not told.</param>
    /// <param name="output">Takes the answer.</param>
    public static WholeAnswer Write(InferenceRequest request, IReadOnlyList<JsonElement> vectors, TokenUsage? usage, IBufferWriter<byte> output)
    {
        if (EmbeddingsRequest.Read(request.Body).Request is not { } asked || !AreVectors(vectors, asked.Texts.Count))
        {
            return new WholeAnswer(AnswerValidity.Invalid, usage);
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        var index = 0;
        foreach (var vector in vectors)
        {
            WriteVector(json, vector, index++, asked.IsBase64);
        }

        json.WriteEndArray();
        json.WriteString("model"u8, request.Model);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage?.Prompt ?? 0);
        json.WriteNumber("total_tokens"u8, usage?.Prompt ?? 0);
        json.WriteEndObject();
        json.WriteEndObject();
        return new WholeAnswer(AnswerValidity.Translated, usage);
    }

    /// <summary>The items of a list; none, where it is no list.</summary>
    public static IReadOnlyList<JsonElement> ListOf(JsonElement list) => list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static bool AreVectors(IReadOnlyList<JsonElement> vectors, int count) =>
        vectors.Count == count
        && vectors.All(static vector => vector.ValueKind == JsonValueKind.Array
            && vector.EnumerateArray().All(static number => number.ValueKind == JsonValueKind.Number));

    private static void WriteVector(Utf8JsonWriter json, JsonElement vector, int index, bool isBase64)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "embedding"u8);
        json.WriteNumber("index"u8, index);
        json.WritePropertyName("embedding"u8);
        if (isBase64)
        {
            json.WriteBase64StringValue(Bytes(vector));
        }
        else
        {
            vector.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static byte[] Bytes(JsonElement vector)
    {
        var bytes = new byte[vector.GetArrayLength() * sizeof(float)];
        var at = 0;
        foreach (var number in vector.EnumerateArray())
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), number.GetSingle());
            at += sizeof(float);
        }

        return bytes;
    }
}
