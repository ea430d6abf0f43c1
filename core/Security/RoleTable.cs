using System.Collections.Frozen;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.Security;

/// <summary>What each role may do: the four that are built in, and what <c>Auth:Roles</c> adds to them or puts in their place. Names are compared exactly.</summary>
public sealed class RoleTable
{
    /// <summary>Everything.</summary>
    public const string Admin = "admin";

    /// <summary>Sees how the system stands, and changes which models providers have, but not where providers are and what they are sent.</summary>
    public const string Editor = "editor";

    /// <summary>Sees how the system stands. Asks no model.</summary>
    public const string Viewer = "viewer";

    /// <summary>Asks models.</summary>
    public const string User = "user";

    private const Permission Views =
        Permission.ModelsRead | Permission.ProvidersRead | Permission.LimitsRead | Permission.UsageRead | Permission.SystemRead;

    private static readonly Dictionary<string, Permission> BuiltInRoles = new(StringComparer.Ordinal)
    {
        [Admin] = Permission.All,
        [Editor] = Views | Permission.ModelsWrite | Permission.Inference,
        [Viewer] = Views,
        [User] = Permission.Inference | Permission.ModelsRead,
    };

    private readonly FrozenDictionary<string, Permission> _roles;

    private RoleTable(Dictionary<string, Permission> roles) => _roles = roles.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The roles that are there without any configuration.</summary>
    public static RoleTable BuiltIn { get; } = new(BuiltInRoles);

    /// <summary>Every role's name.</summary>
    public IReadOnlyCollection<string> Names => _roles.Keys;

    /// <summary>The roles of a configuration. What is no permission's name grants nothing.</summary>
    /// <param name="auth">With <see cref="AuthOptions.Roles"/>.</param>
    public static RoleTable Of(AuthOptions auth)
    {
        ArgumentNullException.ThrowIfNull(auth);
        if (auth.Roles.Count == 0)
        {
            return BuiltIn;
        }

        var roles = new Dictionary<string, Permission>(BuiltInRoles, StringComparer.Ordinal);
        foreach (var (name, role) in auth.Roles)
        {
            roles[name] = OfNames(role.Permissions);
        }

        return new(roles);
    }

    /// <summary>Whether there is such a role.</summary>
    /// <param name="role">Its name.</param>
    public bool Knows(string role) => _roles.ContainsKey(role);

    /// <summary>What roles and permissions allow together. Names that are not known allow nothing.</summary>
    /// <param name="roles">Names of roles.</param>
    /// <param name="permissions">Names of permissions beside those of the roles.</param>
    public Permission Allow(IEnumerable<string> roles, IEnumerable<string> permissions)
    {
        ArgumentNullException.ThrowIfNull(roles);
        var allowed = OfNames(permissions);
        foreach (var role in roles)
        {
            allowed |= _roles.GetValueOrDefault(role);
        }

        return allowed;
    }

    private static Permission OfNames(IEnumerable<string> names)
    {
        var permissions = Permission.None;
        foreach (var name in names)
        {
            permissions |= Permissions.TryRead(name, out var permission) ? permission : Permission.None;
        }

        return permissions;
    }
}
