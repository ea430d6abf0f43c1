using System.Diagnostics.Metrics;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>What the limiter of this gateway did.</summary>
internal sealed class RateLimitingMetrics
{
    private static readonly KeyValuePair<string, object?> ByLease = new("by", "lease");
    private static readonly KeyValuePair<string, object?> ByShare = new("by", "share");
    private static readonly KeyValuePair<string, object?> ByOpen = new("by", "open");

    private readonly Counter<long> _admitted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _tokens;
    private readonly UpDownCounter<long> _down;

    /// <summary>Makes the instruments.</summary>
    public RateLimitingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ProxyCluster.RateLimiting");
        _admitted = meter.CreateCounter<long>("proxycluster.ratelimiting.admitted", "{request}", "Requests admitted, by lease, by this gateway's share or with the limiter open");
        _refused = meter.CreateCounter<long>("proxycluster.ratelimiting.refused", "{request}", "Requests refused, or that would have been, by limit, level and mode");
        _calls = meter.CreateCounter<long>("proxycluster.ratelimiting.calls", "{call}", "Calls to limiter grains, by what came of them");
        _tokens = meter.CreateCounter<long>("proxycluster.ratelimiting.tokens", "{token}", "Tokens granted to this gateway");
        _down = meter.CreateUpDownCounter<long>("proxycluster.ratelimiting.down", "{subject}", "Subjects whose limiter does not answer now");
    }

    public void AdmittedByLease(int requests) => _admitted.Add(requests, ByLease);

    public void AdmittedAlone(OnLimiterDown policy) => _admitted.Add(1, policy == OnLimiterDown.Open ? ByOpen : ByShare);

    public void Refused(LimitKind kind, LimitLevel level, bool isShadow) => _refused.Add(
        1,
        new KeyValuePair<string, object?>("window", LimitKinds.TagOf(kind)),
        new KeyValuePair<string, object?>("level", LimitKinds.TagOf(level)),
        new KeyValuePair<string, object?>("mode", isShadow ? "shadow" : "enforce"));

    /// <summary>Refused before anybody knew who it was.</summary>
    /// <param name="why"><c>requests</c> or <c>failed-authentications</c>.</param>
    public void RefusedAddress(string why) => _refused.Add(
        1,
        new KeyValuePair<string, object?>("window", why),
        new KeyValuePair<string, object?>("level", "address"),
        new KeyValuePair<string, object?>("mode", "enforce"));

    public void Answered(int asked, int granted)
    {
        _calls.Add(1, new KeyValuePair<string, object?>("outcome", asked == 0 ? "returned" : granted > 0 ? "granted" : "refused"));
        if (granted > 0)
        {
            _tokens.Add(granted);
        }
    }

    public void CallFailed() => _calls.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

    public void WentDown() => _down.Add(1);

    public void CameBack() => _down.Add(-1);
}
