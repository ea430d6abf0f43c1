namespace ProxyCluster.Core.Security;

/// <summary>The roles that keys have had from the beginning. What a role may do: <see cref="RoleTable"/>.</summary>
public static class KeyRoles
{
    /// <summary>Everything, the admin plane included.</summary>
    public const string Admin = RoleTable.Admin;

    /// <summary>Inference.</summary>
    public const string User = RoleTable.User;

    /// <summary>Whether there is such a role without any configuration.</summary>
    /// <param name="role">The role's name.</param>
    public static bool IsKnown(string role) => RoleTable.BuiltIn.Knows(role);
}
