namespace ProxyCluster.Core.Audit;

/// <summary>What happened that an operator watches for (SPEC section 7). The name in the API and the log is in snake case, for example <c>rate_limit_exceeded</c>.</summary>
public enum SecurityEventType
{
    /// <summary>A key came in the query string.</summary>
    ApiKeyInQuery = 0,

    /// <summary>A subject went over a limit.</summary>
    RateLimitExceeded = 1,

    /// <summary>A credential was missing, wrong, ended or conflicting.</summary>
    AuthenticationFailed = 2,

    /// <summary>A caller was refused what it has no permission for.</summary>
    PermissionDenied = 3,

    /// <summary>A subject spent a part of its budget: 50, 80 or 100 %.</summary>
    BudgetAlert = 4,

    /// <summary>An upstream address was refused by the guard of the connector.</summary>
    UpstreamForbidden = 5,

    /// <summary>A token issuer's keys could not be read.</summary>
    IssuerUnreachable = 6,

    /// <summary>A request was refused because of its form: smuggling, absolute targets, forbidden hosts.</summary>
    MalformedRequest = 7,

    /// <summary>A key was made, rotated or revoked.</summary>
    KeyChanged = 8,
}
