using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Core.Configuration;

/// <summary>The JSON schema of the configuration file, made from the options themselves.</summary>
public static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Makes the schema.</summary>
    /// <param name="documentation">What the options' documentation says.</param>
    /// <returns>Indented JSON, ending in a line break.</returns>
    public static string Generate(OptionDocumentation documentation)
    {
        ArgumentNullException.ThrowIfNull(documentation);
        var root = OfClass(typeof(ProxyClusterOptions), documentation);
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "ProxyCluster configuration");
        root["properties"]!.AsObject().Insert(0, "$schema", new JsonObject { ["type"] = "string", ["description"] = "Where editors find this schema." });
        return root.ToJsonString(Indented) + "\n";
    }

    private static JsonObject OfClass(Type type, OptionDocumentation documentation)
    {
        var defaults = Activator.CreateInstance(type)!;
        var properties = new JsonObject();
        foreach (var property in OptionProperties.Of(type))
        {
            properties[property.Name] = OfProperty(property, defaults, documentation);
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    private static JsonObject OfProperty(OptionProperty property, object defaults, OptionDocumentation documentation)
    {
        var schema = new JsonObject();
        if (documentation.SummaryOf(property.Property) is { } summary)
        {
            schema["description"] = summary;
        }

        if (property.ItemType is { } item)
        {
            schema["type"] = "array";
            schema["items"] = OfValue(property, item, documentation);
        }
        else if (property.ValueType is { } value)
        {
            schema["type"] = "object";
            schema["additionalProperties"] = OfValue(property, value, documentation);
        }
        else
        {
            foreach (var (name, part) in OfValue(property, property.Type, documentation))
            {
                schema[name] = part?.DeepClone();
            }

            AddDefault(schema, property, defaults);
        }

        return property.IsNullable ? Nullable(schema) : schema;
    }

    private static JsonObject OfValue(OptionProperty property, Type type, OptionDocumentation documentation)
    {
        if (property.IsJson)
        {
            return new JsonObject { ["type"] = "object" };
        }

        if (type.IsClass && type != typeof(string))
        {
            var schema = OfClass(type, documentation);
            return type.IsDefined(typeof(BareValueAttribute))
                ? new JsonObject { ["oneOf"] = new JsonArray { new JsonObject { ["type"] = "string" }, schema } }
                : schema;
        }

        var scalar = new JsonObject { ["type"] = TypeName(type) };
        if (property.Allowed is { } allowed)
        {
            scalar["enum"] = new JsonArray([.. allowed.Values.Select(value => JsonValue.Create((string?)value))]);
        }

        if (property.Range is { } range)
        {
            scalar["minimum"] = Number(range.Minimum);
            scalar["maximum"] = Number(range.Maximum);
        }

        return scalar;
    }

    private static string TypeName(Type type) =>
        type == typeof(bool) ? "boolean"
        : type == typeof(int) || type == typeof(long) ? "integer"
        : type == typeof(double) || type == typeof(decimal) ? "number"
        : "string";

    private static void AddDefault(JsonObject schema, OptionProperty property, object defaults)
    {
        if (schema["type"]?.GetValue<string>() is "object" or null)
        {
            return;
        }

        schema["default"] = JsonSerializer.SerializeToNode(property.Property.GetValue(defaults), property.Property.PropertyType);
    }

    private static JsonNode Number(object bound) =>
        JsonNode.Parse(Convert.ToDecimal(bound, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture))!;

    // The members that say what a value may be go beside one that says null.
    private static JsonObject Nullable(JsonObject schema)
    {
        if (schema["type"]?.GetValue<string>() is { } type && schema["enum"] is null)
        {
            schema["type"] = new JsonArray { type, "null" };
        }

        return schema;
    }
}
