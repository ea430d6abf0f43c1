using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Holds callers to their permissions, and tells operators of those who wanted more.</summary>
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
        events.Record(SecurityEventType.PermissionDenied, caller.Subject, ClientAddress.Of(context), missing);
        return Refusals.MissingPermission(missing, what);
    }
}
