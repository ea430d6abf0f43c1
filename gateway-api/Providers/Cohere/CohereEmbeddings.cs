using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Embeddings by <c>/v2/embed</c>.</summary>
internal static class CohereEmbeddings
{
    /// <summary>Of one request, from the reference of <c>/v2/embed</c>.</summary>
    public const int MostTexts = 96;

    private const string DefaultInputType = "search_document";

    private static readonly FrozenSet<string> Copied = new[] { "input_type", "truncate", "priority" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = EmbeddingsRequest.Read(request.Body);
        if (reading.Request is not { } asked)
        {
            return reading.Refusal;
        }

        if (asked.Texts.Count > MostTexts)
        {
            return Refusals.InvalidValue("input", $"This model's provider (Cohere) takes at most {MostTexts} texts a request.");
        }

        asked.NoteDropped(Copied, notes);
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, target.UpstreamModel);
        json.WriteStartArray("texts"u8);
        foreach (var text in asked.Texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        json.WriteStartArray("embedding_types"u8);
        json.WriteStringValue("float"u8);
        json.WriteEndArray();
        if (asked.Dimensions > 0)
        {
            json.WriteNumber("output_dimension"u8, asked.Dimensions);
        }

        WriteCopied(asked, json);
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
            root.TryGetValue("embeddings", out var byType);
            byType.TryGetValue("float", out var vectors);
            return EmbeddingsWriter.Write(request, EmbeddingsWriter.ListOf(vectors), ReadUsage(root), output);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }
    }

    // Cohere insists on knowing what the vectors are for; OpenAI's form has no word for it.
    private static void WriteCopied(EmbeddingsRequest asked, Utf8JsonWriter json)
    {
        if (!asked.Fields.ContainsKey("input_type"))
        {
            json.WriteString("input_type"u8, DefaultInputType);
        }

        foreach (var name in Copied.Where(asked.Fields.ContainsKey))
        {
            json.WritePropertyName(name);
            asked.Fields[name].WriteTo(json);
        }
    }

    private static TokenUsage? ReadUsage(JsonElement root)
    {
        root.TryGetValue("meta", out var meta);
        return meta.TryGetValue("billed_units", out var billed) ? new TokenUsage(billed.GetCount("input_tokens"), 0, 0, 0, 0) : null;
    }
}
