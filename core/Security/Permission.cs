namespace ProxyCluster.Core.Security;

/// <summary>What a caller may do, by resource and action (SPEC section 7). <see cref="Permissions"/> names each.</summary>
[Flags]
public enum Permission : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>inference</c>: ask models, on every route that a provider answers.</summary>
    Inference = 1UL << 0,

    /// <summary><c>models.read</c>: list the models, and explain how a request would be routed.</summary>
    ModelsRead = 1UL << 1,

    /// <summary><c>models.write</c>: change the models of providers.</summary>
    ModelsWrite = 1UL << 2,

    /// <summary><c>providers.read</c>: see providers, their state, pools and routing.</summary>
    ProvidersRead = 1UL << 3,

    /// <summary><c>providers.configure</c>: make, change, drain, check and delete providers and what routes to them.</summary>
    ProvidersConfigure = 1UL << 4,

    /// <summary><c>routing.direct</c>: choose the provider, the region and the strategy of one's own request.</summary>
    RoutingDirect = 1UL << 5,

    /// <summary><c>keys.read</c>: see keys, users and teams; never a secret.</summary>
    KeysRead = 1UL << 6,

    /// <summary><c>keys.write</c>: make, rotate and revoke keys; make and change users and teams.</summary>
    KeysWrite = 1UL << 7,

    /// <summary><c>limits.read</c>: see how subjects stand.</summary>
    LimitsRead = 1UL << 8,

    /// <summary><c>limits.write</c>: lift blocks.</summary>
    LimitsWrite = 1UL << 9,

    /// <summary><c>usage.read</c>: what others spent and used. One's own is always shown.</summary>
    UsageRead = 1UL << 10,

    /// <summary><c>security.read</c>: security events, their report and the audit log.</summary>
    SecurityRead = 1UL << 11,

    /// <summary><c>system.read</c>: the cluster, its configuration in force, what became of a request.</summary>
    SystemRead = 1UL << 12,

    /// <summary><c>system.restart</c>: drain and exit a process.</summary>
    SystemRestart = 1UL << 13,

    /// <summary>Everything, also what later releases add.</summary>
    All = ulong.MaxValue,
}
