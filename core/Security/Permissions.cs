using System.Collections.Frozen;

namespace ProxyCluster.Core.Security;

/// <summary>The catalogue of permissions by the names that configuration, keys and tokens use.</summary>
public static class Permissions
{
    private static readonly FrozenDictionary<string, Permission> Named = new Dictionary<string, Permission>(StringComparer.Ordinal)
    {
        ["inference"] = Permission.Inference,
        ["models.read"] = Permission.ModelsRead,
        ["models.write"] = Permission.ModelsWrite,
        ["providers.read"] = Permission.ProvidersRead,
        ["providers.configure"] = Permission.ProvidersConfigure,
        ["routing.direct"] = Permission.RoutingDirect,
        ["keys.read"] = Permission.KeysRead,
        ["keys.write"] = Permission.KeysWrite,
        ["limits.read"] = Permission.LimitsRead,
        ["limits.write"] = Permission.LimitsWrite,
        ["usage.read"] = Permission.UsageRead,
        ["security.read"] = Permission.SecurityRead,
        ["system.read"] = Permission.SystemRead,
        ["system.restart"] = Permission.SystemRestart,
        ["*"] = Permission.All,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every name, <c>*</c> included.</summary>
    public static IReadOnlyCollection<string> Names => Named.Keys;

    /// <summary>Reads one name; names are compared exactly.</summary>
    /// <param name="name">For example <c>providers.read</c>.</param>
    /// <param name="permission">What it stands for.</param>
    /// <returns><see langword="false"/> when there is no such name.</returns>
    public static bool TryRead(string name, out Permission permission) => Named.TryGetValue(name, out permission);

    /// <summary>The name of a single permission; <see langword="null"/>: it is none, or several.</summary>
    /// <param name="permission">One flag, or <see cref="Permission.All"/>.</param>
    public static string? NameOf(Permission permission)
    {
        foreach (var (name, value) in Named)
        {
            if (value == permission)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The names of what is missing, for people.</summary>
    /// <param name="missing">At least one permission.</param>
    /// <param name="asked">All that was asked for: everything has a name of its own.</param>
    public static string Describe(Permission missing, Permission asked) => asked == Permission.All
        ? NameOf(Permission.All)!
        : string.Join("', '", Named.Where(pair => pair.Value != Permission.All && (pair.Value & missing) != 0).Select(static pair => pair.Key).Order(StringComparer.Ordinal));
}
