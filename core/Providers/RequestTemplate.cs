using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ProxyCluster.Core.Providers;

/// <summary>
/// A JSON object with placeholders such as <c>{{model}}</c> in its strings. A string that is one placeholder becomes its
/// value as JSON, and is left out where there is no value; in a longer string the value's text is put in its place.
/// </summary>
public sealed partial class RequestTemplate
{
    private readonly JsonElement _root;

    private RequestTemplate(JsonElement root, FrozenSet<string> used)
    {
        _root = root;
        Used = used;
    }

    /// <summary>Every name that may stand in a placeholder.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "model", "messages", "messages_with_parts", "system", "prompt", "stream", "max_tokens", "temperature", "top_p", "top_k", "stop",
        "seed", "frequency_penalty", "presence_penalty", "user", "tools", "tool_choice", "parallel_tool_calls", "response_format", "json_schema",
    ];

    /// <summary>The names that stand in this template.</summary>
    public IReadOnlySet<string> Used { get; }

    /// <summary>What is wrong with a template; <see langword="null"/>: nothing.</summary>
    public static string? FaultOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return "It must be an object: { … }.";
            }

            var used = UsedIn(document.RootElement).ToHashSet(StringComparer.Ordinal);
            return used.FirstOrDefault(static name => !Names.Contains(name)) is { } unknown
                ? $"There is no placeholder '{{{{{unknown}}}}}'. There are: {string.Join(", ", Names)}."
                : used.Contains("tools") && !used.Contains("messages") && !used.Contains("messages_with_parts") ? "Beside {{tools}} there must be {{messages}}, where calls and their results stand."
                : used.Contains("messages") || used.Contains("messages_with_parts") || used.Contains("prompt") ? null
                : "It must have a place for what is said: {{messages}} or {{prompt}}.";
        }
        catch (JsonException)
        {
            return "It must be valid JSON.";
        }
    }

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">It has a fault.</exception>
    public static RequestTemplate Parse(string json)
    {
        if (FaultOf(json) is { } fault)
        {
            throw new FormatException(fault);
        }

        // Read as long as the provider is there: it is left to the garbage collector.
        var root = JsonDocument.Parse(json).RootElement;
        return new RequestTemplate(root, UsedIn(root).ToFrozenSet(StringComparer.Ordinal));
    }

    /// <summary>Writes the object.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="values">By name, without those that have no value.</param>
    public void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, JsonElement> values)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(values);
        WriteValue(json, _root, values);
    }

    private static void WriteValue(Utf8JsonWriter json, JsonElement element, IReadOnlyDictionary<string, JsonElement> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in element.EnumerateObject().Where(member => !IsAbsent(member.Value, values)))
                {
                    json.WritePropertyName(member.Name);
                    WriteValue(json, member.Value, values);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray().Where(item => !IsAbsent(item, values)))
                {
                    WriteValue(json, item, values);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                WriteString(json, element.GetString()!, values);
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }

    private static void WriteString(Utf8JsonWriter json, string text, IReadOnlyDictionary<string, JsonElement> values)
    {
        if (WholeName(text) is { } name)
        {
            values[name].WriteTo(json);
            return;
        }

        json.WriteStringValue(Placeholder().Replace(text, match => !values.TryGetValue(match.Groups[1].Value, out var value) ? ""
            : value.ValueKind == JsonValueKind.String ? value.GetString()!
            : value.GetRawText()));
    }

    private static bool IsAbsent(JsonElement element, IReadOnlyDictionary<string, JsonElement> values) =>
        element.ValueKind == JsonValueKind.String && WholeName(element.GetString()!) is { } name && !values.ContainsKey(name);

    private static string? WholeName(string text) =>
        Placeholder().Match(text) is { Success: true } match && match.Length == text.Length ? match.Groups[1].Value : null;

    private static IEnumerable<string> UsedIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member => UsedIn(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(UsedIn),
        JsonValueKind.String => Placeholder().Matches(element.GetString()!).Select(static match => match.Groups[1].Value),
        _ => [],
    };

    [GeneratedRegex(@"\{\{\s*([A-Za-z0-9_]+)\s*\}\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
