using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Resilience;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Keys as operators write them: what a new key is to be, and what may be changed of one.</summary>
internal sealed class KeyFields(RoleTable roles, TimeProvider clock)
{
    /// <summary>Longest name, in characters.</summary>
    public const int LongestName = 100;

    private const int MostRoles = 16;
    private const int MostPermissions = 64;
    private const int LongestWord = 64;

    /// <summary>Reads a new key.</summary>
    /// <returns>The key without id and hash, or why there is none.</returns>
    public (KeyRecord? Wish, Problem? Problem) ReadNew(JsonElement body)
    {
        var faults = new List<AdminFault>();
        var fields = new JsonFields(body, "", faults);
        var wish = ReadChangeable(fields, Blank, null) with
        {
            Roles = ReadRoles(fields),
            Permissions = ReadPermissions(fields),
            User = AllowFields.Id(fields, "user"),
            Team = AllowFields.Id(fields, "team"),
        };
        fields.RefuseOthers();
        return faults.Count > 0 ? (null, Problem.InvalidBody(faults)) : (wish, null);
    }

    /// <summary>Applies a merge patch to what may be changed of a key: name, models, regions, limits, priority and end.</summary>
    public (KeyRecord? Changed, Problem? Problem) ReadPatch(KeyRecord current, JsonElement patch)
    {
        var (body, problem) = AdminBody.Parse(MergePatch.Apply(Changeable(current), patch));
        if (problem is not null)
        {
            return (null, problem);
        }

        var faults = new List<AdminFault>();
        var fields = new JsonFields(body, "", faults);
        var changed = ReadChangeable(fields, current, current.ExpiresAt);
        fields.RefuseOthers();
        return faults.Count > 0 ? (null, Problem.InvalidBody(faults)) : (changed, null);
    }

    private static readonly KeyRecord Blank = new() { PublicId = "", Hash = [], Name = "", Roles = [] };

    private static JsonElement Changeable(KeyRecord record) => JsonElement.Parse(AdminJson.ObjectOf(json => KeyWriter.WriteChangeable(json, record)).Span);

    private KeyRecord ReadChangeable(JsonFields fields, KeyRecord current, DateTimeOffset? knownEnd) => current with
    {
        Name = fields.RequiredText("name", LongestName) ?? "",
        Models = AllowFields.Models(fields),
        Regions = AllowFields.Regions(fields),
        Limits = LimitFields.Read(fields),
        Priority = ReadPriority(fields),
        ExpiresAt = ReadEnd(fields, knownEnd),
    };

    private static RequestPriority? ReadPriority(JsonFields fields)
    {
        if (fields.Text("priority", LongestWord) is not { } text)
        {
            return null;
        }

        if (PriorityNames.Read(text) is { } priority)
        {
            return priority == RequestPriority.Normal ? null : priority;
        }

        fields.Fault("priority", "It must be 'batch', 'normal', 'high' or 'critical'.");
        return null;
    }

    private ImmutableArray<string> ReadRoles(JsonFields fields)
    {
        var names = AllowFields.Texts(fields, "roles", MostRoles, LongestWord);
        if (names.FirstOrDefault(name => !roles.Knows(name)) is { } unknown)
        {
            fields.Fault("roles", $"There is no role '{unknown}'. There are: {string.Join(", ", roles.Names.Order(StringComparer.Ordinal))}.");
        }

        return names.IsEmpty ? [KeyRoles.User] : names;
    }

    private static ImmutableArray<string> ReadPermissions(JsonFields fields)
    {
        var names = AllowFields.Texts(fields, "permissions", MostPermissions, LongestWord);
        if (names.FirstOrDefault(name => !Permissions.TryRead(name, out _)) is { } unknown)
        {
            fields.Fault("permissions", $"There is no permission '{unknown}'. There are: {string.Join(", ", Permissions.Names.Order(StringComparer.Ordinal))}.");
        }

        return names;
    }

    private DateTimeOffset? ReadEnd(JsonFields fields, DateTimeOffset? known)
    {
        if (fields.Text("expiresAt", LongestWord) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            && (end > clock.GetUtcNow() || end == known))
        {
            return end.ToUniversalTime();
        }

        fields.Fault("expiresAt", "It must be a moment to come, for example 2030-01-31T00:00:00Z.");
        return null;
    }
}
