using System.Collections.Immutable;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Models;

/// <summary>Reads the names out of a provider's list of models, in whichever of the known shapes it comes.</summary>
internal static class ModelListReader
{
    /// <summary>More names than this are not taken.</summary>
    public const int MostModels = 5000;

    private const int LongestName = 256;

    // Gemini and Vertex AI tell the name as a path.
    private static readonly string[] Collections = ["publishers/google/models/", "models/"];
    private static readonly string[] Lists = ["data", "models", "modelSummaries", "publisherModels"];
    private static readonly string[] Names = ["id", "modelId", "model", "name"];

    /// <summary>The names, sorted; <see langword="null"/>: it is no list of models.</summary>
    /// <param name="body">The provider's answer.</param>
    public static ImmutableArray<string>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return ListOf(document.RootElement) is { } list
                ? [.. list.EnumerateArray().Take(MostModels).Select(NameOf).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: half a surrogate pair in an escape.
            return null;
        }
    }

    // Together answers with the bare array.
    private static JsonElement? ListOf(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return root;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var name in Lists)
        {
            if (root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array)
            {
                return list;
            }
        }

        return null;
    }

    private static string? NameOf(JsonElement model)
    {
        if (model.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var member in Names)
        {
            if (model.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestName } name)
            {
                var collection = Collections.FirstOrDefault(collection => name.StartsWith(collection, StringComparison.Ordinal)) ?? "";
                var bare = name[collection.Length..];
                return bare.AsSpan().ContainsAnyInRange('\0', ' ') ? null : bare;
            }
        }

        return null;
    }
}
