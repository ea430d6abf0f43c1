using System.Collections.Immutable;
using System.Text.Json;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>What keys, users and teams may use and whom they belong to, as the admin plane writes it.</summary>
internal static class AllowFields
{
    private const int MostModels = 64;
    private const int LongestModel = 200;
    private const int MostRegions = 32;
    private const int LongestRegion = 64;

    /// <summary>Reads <c>models</c>: patterns; empty: all.</summary>
    public static ImmutableArray<string> Models(JsonFields fields) => Texts(fields, "models", MostModels, LongestModel);

    /// <summary>Reads <c>regions</c>; empty: all.</summary>
    public static ImmutableArray<string> Regions(JsonFields fields) => Texts(fields, "regions", MostRegions, LongestRegion);

    /// <summary>Reads the id of a user or team; <see langword="null"/>: absent, or a fault was added.</summary>
    public static string? Id(JsonFields fields, string name)
    {
        var id = fields.Text(name, SubjectId.Longest);
        if (id is null || SubjectId.IsValid(id))
        {
            return id;
        }

        fields.Fault(name, $"It must have 1 to {SubjectId.Longest} letters, digits or characters of -_.@|+=~!$&'(),;:");
        return null;
    }

    /// <summary>Reads an array of texts, each once.</summary>
    public static ImmutableArray<string> Texts(JsonFields fields, string name, int most, int longest)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var item in fields.Items(name, most))
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { Length: > 0 } text
                || text.Length > longest || text.AsSpan().ContainsAnyInRange('\0', '\x1f'))
            {
                fields.Fault(name, $"Each must be a string of 1 to {longest} characters, none of them a control character.");
                return [];
            }

            if (!texts.Contains(text))
            {
                texts.Add(text);
            }
        }

        return texts.ToImmutable();
    }

    /// <summary>Writes an array of texts.</summary>
    public static void Write(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts.IsDefault ? [] : texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
