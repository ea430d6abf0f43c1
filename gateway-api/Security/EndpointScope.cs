namespace ProxyCluster.GatewayApi.Security;

/// <summary>Whose affairs an endpoint of the admin plane shows or changes. A team is the tenant: what is another's, or everybody's together, it does not see.</summary>
internal enum EndpointScope
{
    /// <summary>Not said: nobody may use it.</summary>
    None = 0,

    /// <summary>Nobody's in particular, such as the providers: whoever has the permission sees the same.</summary>
    Shared = 1,

    /// <summary>Teams': the endpoint itself keeps a caller of a team to its own.</summary>
    Team = 2,

    /// <summary>All teams' together, or what they share is changed: callers of a team are refused, admins excepted.</summary>
    Cluster = 3,
}
