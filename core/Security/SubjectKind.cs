namespace ProxyCluster.Core.Security;

/// <summary>What a <see cref="SubjectRecord"/> is about.</summary>
public enum SubjectKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A person or a program.</summary>
    User = 1,

    /// <summary>Users and keys that belong together: the tenant.</summary>
    Team = 2,
}
