namespace ProxyCluster.Core.Configuration;

/// <summary>What a role may do.</summary>
public sealed class RoleOptions
{
    /// <summary>Names of permissions, for example <c>providers.read</c>; <c>*</c>: everything.</summary>
    public IList<string> Permissions { get; } = [];
}
