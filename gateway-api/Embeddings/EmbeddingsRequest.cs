using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>A request of <c>/v1/embeddings</c> for a provider whose own form is another.</summary>
internal sealed record EmbeddingsRequest
{
    private const int MostDimensions = 65_536;
    private const string NotText = "The body holds text that is not valid Unicode or not valid JSON.";

    /// <summary>At least one.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>The length of each vector; 0: the model's own.</summary>
    public int Dimensions { get; init; }

    /// <summary>Whether the client wants vectors as base64 of little-endian 32-bit floats instead of lists of numbers.</summary>
    public bool IsBase64 { get; init; }

    /// <summary>Every member of the request that is not null.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Fields { get; init; }

    /// <summary>Reads a body that was scanned before.</summary>
    public static EmbeddingsReading Read(ReadOnlyMemory<byte> body)
    {
        if (JsonText.HasHalfPair(body.Span))
        {
            // What is copied from it would throw when it is written.
            return new(null, Refusals.InvalidJson(NotText));
        }

        try
        {
            // Members are read from it as long as the request lives: it is left to the garbage collector.
            var root = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 128 }).RootElement;
            var fields = new FieldReader();
            var request = new EmbeddingsRequest
            {
                Texts = ReadTexts(root, fields),
                Dimensions = (int)(fields.Whole(root, "dimensions", 1, MostDimensions) ?? 0),
                IsBase64 = ReadFormat(root, fields),
                Fields = FieldReader.Members(root),
            };
            return fields.Fault is { } fault ? new(null, fault) : new(request, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new(null, Refusals.InvalidJson(NotText));
        }
    }

    /// <summary>Notes every field that is left out.</summary>
    /// <param name="taken">Fields that the provider takes besides those that are read here.</param>
    /// <param name="notes">Takes the notes.</param>
    public void NoteDropped(IReadOnlySet<string> taken, TranslationNotes notes)
    {
        foreach (var name in Fields.Keys)
        {
            if (name is not ("model" or "input" or "dimensions" or "encoding_format") && !taken.Contains(name))
            {
                notes.Dropped(name);
            }
        }
    }

    private static IReadOnlyList<string> ReadTexts(JsonElement root, FieldReader fields)
    {
        if (root.TryGetValue("input", out var input) && input.ValueKind == JsonValueKind.Array
            && input.EnumerateArray().Any(static item => item.ValueKind is JsonValueKind.Number or JsonValueKind.Array))
        {
            fields.Refuse(Refusals.UnsupportedParameter("input", "This model's provider embeds text only, not tokens."));
            return [];
        }

        var texts = fields.Texts(root, "input");
        if (texts.Count == 0)
        {
            fields.Refuse(Refusals.InvalidValue("input", "The field 'input' must have at least one text."));
        }

        return texts;
    }

    private static bool ReadFormat(JsonElement root, FieldReader fields)
    {
        switch (fields.OptionalText(root, "encoding_format"))
        {
            case null or "float":
                return false;
            case "base64":
                return true;
            default:
                fields.Refuse(Refusals.InvalidValue("encoding_format", "The field 'encoding_format' must be 'float' or 'base64'."));
                return false;
        }
    }
}

/// <summary>A request for embeddings, or why there is none.</summary>
internal readonly record struct EmbeddingsReading(EmbeddingsRequest? Request, Refusal? Refusal);
