namespace ProxyCluster.GatewayApi.Admin;

/// <summary>How the subject of a limit stands to a caller.</summary>
internal enum SubjectRelation
{
    /// <summary>It is none of the caller's team: not to be seen.</summary>
    Foreign = 0,

    /// <summary>The caller's to see and, with the permission, to change.</summary>
    Within = 1,

    /// <summary>It bounds the caller itself: to be seen, and for others to change.</summary>
    Own = 2,
}
