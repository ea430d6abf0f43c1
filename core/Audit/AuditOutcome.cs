namespace ProxyCluster.Core.Audit;

/// <summary>What became of an action, as an audit record says it.</summary>
public static class AuditOutcome
{
    /// <summary>It is about to be tried. Stored before anything is changed: a change can never be without a record.</summary>
    public const string Intent = "intent";

    /// <summary>It was done.</summary>
    public const string Done = "done";

    /// <summary>It was not done; a code follows, for example <c>refused:version_mismatch</c>.</summary>
    public const string Refused = "refused";

    /// <summary>It broke off: whether it was done is not known. A reason follows, for example <c>failed:cluster_unavailable</c>.</summary>
    public const string Failed = "failed";

    /// <summary>A refusal and its code.</summary>
    public static string RefusedWith(string code) => $"{Refused}:{code}";

    /// <summary>A failure and its reason.</summary>
    public static string FailedWith(string reason) => $"{Failed}:{reason}";
}
