using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>Writes requests for embeddings in Google's two forms.</summary>
internal static class EmbeddingsRequest
{
    /// <summary>A <c>BatchEmbedContentsRequest</c> of the Gemini API.</summary>
    /// <param name="wish">What is asked.</param>
    /// <param name="model">The model's resource name: <c>models/…</c>.</param>
    /// <param name="output">Takes the request.</param>
    public static void WriteBatch(EmbeddingWish wish, string model, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("requests"u8);
        foreach (var input in wish.Inputs)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            json.WriteStartObject("content"u8);
            json.WriteStartArray("parts"u8);
            json.WriteStartObject();
            json.WriteString("text"u8, input);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            WriteDimensions(wish, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A <c>PredictRequest</c> of Vertex AI.</summary>
    public static void WritePrediction(EmbeddingWish wish, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("instances"u8);
        foreach (var input in wish.Inputs)
        {
            json.WriteStartObject();
            json.WriteString("content"u8, input);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("parameters"u8);
        WriteDimensions(wish, json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDimensions(EmbeddingWish wish, Utf8JsonWriter json)
    {
        if (wish.Dimensions > 0)
        {
            json.WriteNumber("outputDimensionality"u8, wish.Dimensions);
        }
    }
}
