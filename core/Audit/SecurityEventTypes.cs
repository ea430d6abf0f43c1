using System.Collections.Frozen;
using System.Text.Json;

namespace ProxyCluster.Core.Audit;

/// <summary>The types of security events by the names that the API, the logs and the metrics use.</summary>
public static class SecurityEventTypes
{
    private const string ActionPrefix = "security.";

    private static readonly FrozenDictionary<SecurityEventType, string> ByType =
        Enum.GetValues<SecurityEventType>().ToFrozenDictionary(type => type, type => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString()));

    private static readonly FrozenDictionary<string, SecurityEventType> ByName =
        ByType.ToFrozenDictionary(named => named.Value, named => named.Key, StringComparer.Ordinal);

    /// <summary>Every name.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The name of a type, for example <c>rate_limit_exceeded</c>.</summary>
    public static string NameOf(SecurityEventType type) => ByType[type];

    /// <summary>Reads a name.</summary>
    public static bool TryRead(string name, out SecurityEventType type) => ByName.TryGetValue(name, out type);

    /// <summary>The action of an event's record.</summary>
    public static string ActionOf(SecurityEventType type) => ActionPrefix + NameOf(type);

    /// <summary>Reads the action of a record.</summary>
    public static bool TryReadAction(string action, out SecurityEventType type)
    {
        ArgumentNullException.ThrowIfNull(action);
        type = default;
        return action.StartsWith(ActionPrefix, StringComparison.Ordinal) && TryRead(action[ActionPrefix.Length..], out type);
    }
}
