using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>What a request of OpenAI's embeddings asks for.</summary>
/// <param name="Inputs">The texts, at least one.</param>
/// <param name="Dimensions">How many numbers each is to have; 0: as many as the model has.</param>
/// <param name="AsBase64">The numbers are wanted as bytes.</param>
internal sealed record EmbeddingWish(IReadOnlyList<string> Inputs, int Dimensions, bool AsBase64)
{
    private const int MostDimensions = 100_000;

    /// <summary>Reads a request, or returns why it cannot be sent to Gemini.</summary>
    /// <param name="body">The request.</param>
    /// <param name="notes">Takes the fields that are left out.</param>
    public static (EmbeddingWish? Wish, Refusal? Refusal) Read(ReadOnlyMemory<byte> body, TranslationNotes notes)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var fields = new FieldReader();
            var inputs = ReadInputs(root, fields);
            var dimensions = fields.Whole(root, "dimensions", 1, MostDimensions) ?? 0;
            var encoding = fields.OptionalText(root, "encoding_format");
            if (encoding is not (null or "float" or "base64"))
            {
                fields.Refuse(Refusals.InvalidValue("encoding_format", "The field 'encoding_format' must be 'float' or 'base64'."));
            }

            foreach (var name in FieldReader.Members(root).Keys.Where(static name => name is not ("model" or "input" or "dimensions" or "encoding_format")))
            {
                notes.Dropped(name);
            }

            return fields.Fault is { } fault ? (null, fault) : (new EmbeddingWish(inputs, (int)dimensions, encoding == "base64"), null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is what System.Text.Json makes of half a surrogate pair in a string.
            return (null, Refusals.InvalidJson("The body holds text that is not valid Unicode or not valid JSON."));
        }
    }

    /// <summary>Whether a request that was sent wants bytes.</summary>
    public static bool WantsBase64(InferenceRequest request) => Read(request.Body, new TranslationNotes()).Wish is { AsBase64: true };

    private static IReadOnlyList<string> ReadInputs(JsonElement root, FieldReader fields)
    {
        if (root.TryGetValue("input", out var input) && input.ValueKind == JsonValueKind.Array
            && input.EnumerateArray().Any(static item => item.ValueKind is JsonValueKind.Number or JsonValueKind.Array))
        {
            fields.Refuse(Refusals.UnsupportedParameter("input", "This model's provider (Google Gemini) takes texts, not tokens, as 'input'."));
            return [];
        }

        var texts = fields.Texts(root, "input");
        if (texts.Count == 0)
        {
            fields.Refuse(Refusals.MissingField("input"));
        }
        else if (texts.Contains(""))
        {
            fields.Refuse(Refusals.InvalidValue("input", "The field 'input' must not hold an empty text."));
        }

        return texts;
    }
}
