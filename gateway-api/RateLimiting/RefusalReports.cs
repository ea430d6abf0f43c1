using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Audit;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Tells operators of requests that were refused, or would have been: as a metric and as a security event.</summary>
internal sealed class RefusalReports(RateLimitingMetrics metrics, SecurityEvents events)
{
    /// <summary>Tells of one.</summary>
    public void Tell(in LevelRefusal refusal, in LimitedRequest request)
    {
        var isShadow = refusal.Subject.Limits.IsShadow;
        metrics.Refused(refusal.Kind, refusal.Subject.Level, isShadow);
        if (refusal.Kind != LimitKind.Down)
        {
            events.Record(
                SecurityEventType.RateLimitExceeded,
                refusal.Subject.Subject,
                request.Address?.ToString(),
                isShadow ? $"{LimitKinds.CodeOf(refusal.Kind)} (shadow)" : LimitKinds.CodeOf(refusal.Kind));
        }
    }
}
