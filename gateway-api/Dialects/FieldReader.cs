using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>Reads members of a request and keeps the first fault: what is read after it does not matter any more.</summary>
internal sealed class FieldReader
{
    /// <summary>Why the request is refused; <see langword="null"/>: no fault so far.</summary>
    public Refusal? Fault { get; private set; }

    /// <summary>Refuses the request, if it is not refused already.</summary>
    public void Refuse(Refusal refusal) => Fault ??= refusal;

    /// <summary>A member that may be missing or null, else must be a number within bounds.</summary>
    public double? Number(JsonElement parent, string name, double least, double most)
    {
        if (!parent.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
        {
            return number;
        }

        var bounds = most == double.MaxValue ? $"of {least} or more" : $"from {least} to {most}";
        Refuse(Refusals.InvalidValue(name, $"The field '{name}' must be a number {bounds}."));
        return null;
    }

    /// <summary>A member that may be missing or null, else must be a whole number within bounds.</summary>
    public long? Whole(JsonElement parent, string name, long least, long most)
    {
        if (!parent.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Refuse(Refusals.InvalidValue(name, $"The field '{name}' must be a whole number from {least} to {most}."));
        return null;
    }

    /// <summary>A member that may be missing or null, else must be a string.</summary>
    /// <param name="parent">The object.</param>
    /// <param name="name">The member.</param>
    /// <param name="path">Where the object stands, with a dot at its end; empty: it is the request.</param>
    public string? OptionalText(JsonElement parent, string name, string path = "")
    {
        if (!parent.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Refuse(Refusals.InvalidValue(path + name, $"The field '{path}{name}' must be a string."));
        return null;
    }

    /// <summary>A member that must be there, as a string that is not empty.</summary>
    /// <inheritdoc cref="OptionalText"/>
    public string RequiredText(JsonElement parent, string name, string path = "")
    {
        if (OptionalText(parent, name, path) is { Length: > 0 } text)
        {
            return text;
        }

        Refuse(Refusals.MissingField(path + name));
        return "";
    }

    /// <summary>A member that may be missing or null, else must be true or false.</summary>
    /// <inheritdoc cref="OptionalText"/>
    public bool? Flag(JsonElement parent, string name, string path = "")
    {
        if (!parent.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.ValueKind == JsonValueKind.True;
        }

        Refuse(Refusals.InvalidValue(path + name, $"The field '{path}{name}' must be true or false."));
        return null;
    }

    /// <summary>A member that may be missing or null, else must be a list.</summary>
    /// <inheritdoc cref="OptionalText"/>
    public IEnumerable<JsonElement> List(JsonElement parent, string name, string path = "")
    {
        if (!parent.TryGetValue(name, out var value))
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray();
        }

        Refuse(Refusals.InvalidValue(path + name, $"The field '{path}{name}' must be a list."));
        return [];
    }

    /// <summary>A string, or a list of strings; missing or null is none.</summary>
    public IReadOnlyList<string> Texts(JsonElement parent, string name)
    {
        if (!parent.TryGetValue(name, out var value))
        {
            return [];
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return [value.GetString()!];
            case JsonValueKind.Array when value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String):
                return [.. value.EnumerateArray().Select(static item => item.GetString()!)];
            default:
                Refuse(Refusals.InvalidValue(name, $"The field '{name}' must be a string or a list of strings."));
                return [];
        }
    }

    /// <summary>A call's arguments: text that holds one JSON object; blank text stands for an empty one.</summary>
    public string Arguments(string? text, string path)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "{}";
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object && !JsonText.HasHalfPair(Encoding.UTF8.GetBytes(text)))
            {
                return text;
            }
        }
        catch (JsonException)
        {
            // Refused below, like JSON that is no object.
        }

        Refuse(Refusals.InvalidValue(path, "A tool call's arguments must be a string that holds one JSON object."));
        return "{}";
    }

    /// <summary>Every member that is not null.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement root)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null)
            {
                fields[member.Name] = member.Value;
            }
        }

        return fields;
    }
}
