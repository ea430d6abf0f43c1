using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Holds callers to their permissions, and tells operators of those who wanted more, and of those who used what few may.</summary>
internal sealed class PermissionGate(SecurityEvents events)
{
    /// <summary>Why a caller is refused; <see langword="null"/>: it may.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="asked">All of what it takes.</param>
    /// <param name="what">What takes it, as a sentence begins.</param>
    public Refusal? Check(HttpContext context, Caller caller, Permission asked, string what = "This")
    {
        if (caller.May(asked))
        {
            return null;
        }

        var missing = Permissions.Describe(asked & ~caller.Permissions, asked);
        events.RecordFrom(CallerContext.Of(context), SecurityEventType.PermissionDenied, caller.Subject, missing);
        return Refusals.MissingPermission(missing, what);
    }

    /// <summary>Why a caller of a team is refused what all teams have together; <see langword="null"/>: it may.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="scope">Whose affairs are asked for.</param>
    public Refusal? CheckScope(HttpContext context, Caller caller, EndpointScope scope)
    {
        if (scope != EndpointScope.Cluster || caller.OnlyTeam is not { } team)
        {
            return null;
        }

        events.RecordFrom(CallerContext.Of(context), SecurityEventType.PermissionDenied, caller.Subject, "out_of_scope");
        return Refusals.OutOfScope(team);
    }

    /// <summary>
    /// As <see cref="Check"/>, for what the caller's other requests do without: that it was used is a security event
    /// (RELIABILITY 7.4). In the open loopback mode everybody may, and nothing is told.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="asked">All of what it takes.</param>
    /// <param name="what">What takes it, as a sentence begins: one of a few texts, nothing of the request's own.</param>
    public Refusal? CheckUse(HttpContext context, Caller caller, Permission asked, string what)
    {
        if (Check(context, caller, asked, what) is { } refusal)
        {
            return refusal;
        }

        if (!ReferenceEquals(caller, Caller.Local))
        {
            events.RecordFrom(CallerContext.Of(context), SecurityEventType.PrivilegeUsed, caller.Subject, what.TrimEnd(','));
        }

        return null;
    }
}
