using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ProxyCluster.Core.Providers;

/// <summary>
/// A way into JSON: names of members with dots between them, and indices: <c>choices[0].message.content</c>. Of several,
/// with <c>|</c> between them, the first that leads to something counts.
/// </summary>
public sealed partial class JsonPath
{
    /// <summary>What to write where a path is none.</summary>
    public const string Cure = "It must be names with dots between them and indices in brackets, for example choices[0].message.content; '|' stands between several.";

    private readonly Step[][] _ways;

    private JsonPath(Step[][] ways) => _ways = ways;

    /// <summary>Whether a text is a path.</summary>
    public static bool IsPath(string text) => text is { Length: <= 256 } && Pattern().IsMatch(text);

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static JsonPath Parse(string text)
    {
        if (!IsPath(text))
        {
            throw new FormatException(Cure);
        }

        return new JsonPath([.. text.Split('|').Select(static way => Steps().Matches(way).Select(static match => match.ValueSpan[0] == '['
            ? new Step(null, int.Parse(match.ValueSpan[1..^1], NumberStyles.None, CultureInfo.InvariantCulture))
            : new Step(match.Value, 0)).ToArray())]);
    }

    /// <summary>What stands at the path; <see langword="null"/>: nothing, or JSON's null.</summary>
    public JsonElement? Find(JsonElement root)
    {
        foreach (var way in _ways)
        {
            if (Follow(way, root) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static JsonElement? Follow(Step[] way, JsonElement root)
    {
        foreach (var step in way)
        {
            if (!step.TryTake(root, out root))
            {
                return null;
            }
        }

        return root.ValueKind == JsonValueKind.Null ? null : root;
    }

    private readonly record struct Step(string? Member, int Index)
    {
        public bool TryTake(JsonElement from, out JsonElement value)
        {
            value = default;
            if (Member is not null)
            {
                return from.ValueKind == JsonValueKind.Object && from.TryGetProperty(Member, out value);
            }

            if (from.ValueKind != JsonValueKind.Array || Index >= from.GetArrayLength())
            {
                return false;
            }

            value = from[Index];
            return true;
        }
    }

    [GeneratedRegex(@"^([^.\[\]\s|]+|\[\d{1,4}\])(\.[^.\[\]\s|]+|\[\d{1,4}\])*(\|([^.\[\]\s|]+|\[\d{1,4}\])(\.[^.\[\]\s|]+|\[\d{1,4}\])*)*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\[\d+\]|[^.\[\]]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex Steps();
}
