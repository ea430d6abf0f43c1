namespace ProxyCluster.Core.Audit;

/// <summary>Names of actions that no route has: see <see cref="AuditAction"/> for the others.</summary>
public static class AuditActions
{
    /// <summary>A process has started.</summary>
    public const string ProcessStart = "process.start";

    /// <summary>A process stops, as it was told to.</summary>
    public const string ProcessStop = "process.stop";

    /// <summary>A process took a changed configuration.</summary>
    public const string ConfigurationChange = "configuration.change";

    /// <summary>A key was made at the command line.</summary>
    public const string KeyCreate = "keys.create";

    /// <summary>Many credentials were refused in a short time.</summary>
    public const string FailureBurst = "login.failure_burst";

    /// <summary>Entries were lost, because the cluster was away for too long.</summary>
    public const string Lost = "audit.lost";
}
