using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Embeddings by InvokeModel, which takes each maker's own request: Amazon's Titan, of one text at a time, and Cohere's
/// Embed. Other models are refused.
/// </summary>
internal static class BedrockEmbeddings
{
    private const string CohereInputType = "search_document";
    private const int MostCohereTexts = 96; // from the reference of Cohere's Embed on Bedrock

    /// <summary>How many texts a model takes at a time.</summary>
    public static int MostTexts(string model) => IsCohere(model) ? MostCohereTexts : 1;

    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var fields = new FieldReader();
        try
        {
            using var document = JsonDocument.Parse(request.Body);
            var root = document.RootElement;
            var texts = ReadTexts(root, fields);
            var dimensions = fields.Whole(root, "dimensions", 1, int.MaxValue);
            ReadFormat(root, fields);
            foreach (var name in FieldReader.Members(root).Keys.Where(static name => !IsKnown(name)))
            {
                notes.Dropped(name);
            }

            return fields.Fault ?? Write(target.UpstreamModel, root, texts, dimensions, output);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Refusals.InvalidJson("The body holds text that is not valid Unicode or not valid JSON.");
        }
    }

    /// <summary>Reads a whole answer and writes it in OpenAI's form.</summary>
    public static WholeAnswer Translate(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var tokens = document.RootElement.GetCount("inputTextTokenCount");
            return EmbeddingsWriter.Write(
                request, ReadVectors(document.RootElement), tokens > 0 ? new TokenUsage(tokens, 0, 0, 0, 0) : null, output);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }
    }

    private static bool IsCohere(string model) => model.Contains("cohere.embed", StringComparison.OrdinalIgnoreCase);

    private static bool IsKnown(string name) => name is "model" or "input" or "dimensions" or "encoding_format" or "input_type";

    private static IReadOnlyList<string> ReadTexts(JsonElement root, FieldReader fields)
    {
        if (root.TryGetValue("input", out var input) && input.ValueKind == JsonValueKind.Array
            && input.EnumerateArray().Any(static item => item.ValueKind is JsonValueKind.Number or JsonValueKind.Array))
        {
            fields.Refuse(Refusals.UnsupportedParameter("input", "This model's provider (Amazon Bedrock) takes text, not tokens."));
            return [];
        }

        var texts = fields.Texts(root, "input");
        if (texts.Count == 0 || texts.Any(static text => text.Length == 0))
        {
            fields.Refuse(Refusals.InvalidValue("input", "The field 'input' must be a text or a list of texts, none of them empty."));
        }

        return texts;
    }

    private static void ReadFormat(JsonElement root, FieldReader fields)
    {
        if (fields.OptionalText(root, "encoding_format") is { } format and not ("float" or "base64"))
        {
            fields.Refuse(Refusals.InvalidValue("encoding_format", $"The field 'encoding_format' must be 'float' or 'base64', not '{format}'."));
        }
    }

    private static Refusal? Write(string model, JsonElement root, IReadOnlyList<string> texts, long? dimensions, IBufferWriter<byte> output)
    {
        var isCohere = IsCohere(model);
        if (!isCohere && !model.Contains("amazon.titan-embed", StringComparison.OrdinalIgnoreCase))
        {
            return Refusals.CapabilityNotSupported(model, "this route");
        }

        if (!isCohere && texts.Count > 1)
        {
            return Refusals.UnsupportedParameter("input", "This model takes one text at a time.");
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        if (isCohere)
        {
            WriteCohere(root, texts, dimensions, json);
        }
        else
        {
            json.WriteString("inputText"u8, texts[0]);
            if (dimensions is { } count)
            {
                json.WriteNumber("dimensions"u8, count);
            }
        }

        json.WriteEndObject();
        return null;
    }

    private static void WriteCohere(JsonElement root, IReadOnlyList<string> texts, long? dimensions, Utf8JsonWriter json)
    {
        json.WriteStartArray("texts"u8);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        json.WriteString("input_type"u8, root.GetText("input_type") ?? CohereInputType);
        json.WriteStartArray("embedding_types"u8);
        json.WriteStringValue("float"u8);
        json.WriteEndArray();
        if (dimensions is { } count)
        {
            json.WriteNumber("output_dimension"u8, count);
        }
    }

    // Titan: "embedding". Cohere: "embeddings", a list, or by type.
    private static IReadOnlyList<JsonElement> ReadVectors(JsonElement root)
    {
        if (root.TryGetValue("embedding", out var one))
        {
            return [one];
        }

        root.TryGetValue("embeddings", out var many);
        return EmbeddingsWriter.ListOf(many.TryGetValue("float", out var floats) ? floats : many);
    }
}
