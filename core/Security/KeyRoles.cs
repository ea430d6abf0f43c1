namespace ProxyCluster.Core.Security;

/// <summary>What a key may do. Roles are compared exactly.</summary>
public static class KeyRoles
{
    /// <summary>Everything, the admin plane included.</summary>
    public const string Admin = "admin";

    /// <summary>Inference.</summary>
    public const string User = "user";

    /// <summary>Whether there is such a role.</summary>
    /// <param name="role">The role's name.</param>
    public static bool IsKnown(string role) => role is Admin or User;
}
