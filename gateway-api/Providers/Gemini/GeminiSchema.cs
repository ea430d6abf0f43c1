using System.Collections.Frozen;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Writes a JSON schema with the keywords that Gemini takes, as its API reference lists them for
/// <c>responseJsonSchema</c>. What it does not take only narrows values further, and is left out.
/// </summary>
internal static class GeminiSchema
{
    private const string OldDefinitions = "#/definitions/";

    private static readonly FrozenSet<string> Copied = FrozenSet.Create(
        StringComparer.Ordinal,
        "$id", "$anchor", "type", "format", "title", "description", "enum", "minItems", "maxItems", "minimum", "maximum", "required", "propertyOrdering");

    private static readonly FrozenSet<string> Maps = FrozenSet.Create(StringComparer.Ordinal, "properties", "$defs", "definitions");

    private static readonly FrozenSet<string> Lists = FrozenSet.Create(StringComparer.Ordinal, "anyOf", "oneOf", "prefixItems");

    private static readonly FrozenSet<string> Nested = FrozenSet.Create(StringComparer.Ordinal, "items", "additionalProperties");

    /// <summary>Whether a schema of parameters describes any: Gemini wants none rather than an empty one.</summary>
    public static bool DescribesAnything(JsonElement schema) =>
        schema.TryGetValue("$ref", out _) || schema.TryGetValue("anyOf", out _) || schema.TryGetValue("oneOf", out _) || schema.TryGetValue("allOf", out _)
        || (schema.TryGetValue("properties", out var properties) && properties.ValueKind == JsonValueKind.Object && properties.GetPropertyCount() > 0);

    /// <summary>Writes a schema as a value.</summary>
    public static void Write(JsonElement schema, Utf8JsonWriter json)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            // True and false are schemas as well.
            schema.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        WriteMembers(schema, json);
        json.WriteEndObject();
    }

    private static void WriteMembers(JsonElement schema, Utf8JsonWriter json)
    {
        // Beside a reference nothing may stand but what begins with a dollar.
        if (schema.GetText("$ref") is { } reference)
        {
            json.WriteString("$ref"u8, reference.StartsWith(OldDefinitions, StringComparison.Ordinal) ? "#/$defs/" + reference[OldDefinitions.Length..] : reference);
            foreach (var member in schema.EnumerateObject().Where(static member => member.Name is "$defs" or "definitions" or "$id" or "$anchor"))
            {
                WriteMember(member, json);
            }

            return;
        }

        if (schema.TryGetValue("allOf", out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() == 1 && schema.GetPropertyCount() == 1)
        {
            WriteMembers(all[0], json);
            return;
        }

        foreach (var member in schema.EnumerateObject())
        {
            WriteMember(member, json);
        }
    }

    private static void WriteMember(JsonProperty member, Utf8JsonWriter json)
    {
        if (Copied.Contains(member.Name))
        {
            member.WriteTo(json);
        }
        else if (member.Name == "const")
        {
            json.WriteStartArray("enum"u8);
            member.Value.WriteTo(json);
            json.WriteEndArray();
        }
        else if (Nested.Contains(member.Name))
        {
            json.WritePropertyName(member.Name);
            Write(member.Value, json);
        }
        else if (Maps.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.Object)
        {
            json.WriteStartObject(member.Name == "definitions" ? "$defs" : member.Name);
            foreach (var entry in member.Value.EnumerateObject())
            {
                json.WritePropertyName(entry.Name);
                Write(entry.Value, json);
            }

            json.WriteEndObject();
        }
        else if (Lists.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.Array)
        {
            json.WriteStartArray(member.Name);
            foreach (var entry in member.Value.EnumerateArray())
            {
                Write(entry, json);
            }

            json.WriteEndArray();
        }
    }
}
