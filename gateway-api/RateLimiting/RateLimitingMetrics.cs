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
        _refused = meter.CreateCounter<long>("proxycluster.ratelimiting.refused", "{request}", "Requests refused, by the window that was full");
        _calls = meter.CreateCounter<long>("proxycluster.ratelimiting.calls", "{call}", "Calls to limiter grains, by what came of them");
        _tokens = meter.CreateCounter<long>("proxycluster.ratelimiting.tokens", "{token}", "Tokens granted to this gateway");
        _down = meter.CreateUpDownCounter<long>("proxycluster.ratelimiting.down", "{subject}", "Subjects whose limiter does not answer now");
    }

    public void AdmittedByLease(int requests) => _admitted.Add(requests, ByLease);

    public void AdmittedByShare() => _admitted.Add(1, ByShare);

    public void AdmittedOpen() => _admitted.Add(1, ByOpen);

    public void Refused(LimitWindow window) => _refused.Add(1, new KeyValuePair<string, object?>("window", Name(window)));

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

    /// <summary>The tag of a window; <c>down</c> where no window refused but the limiter's absence did.</summary>
    internal static string Name(LimitWindow window) => window switch
    {
        LimitWindow.Minute => "minute",
        LimitWindow.Hour => "hour",
        _ => "down",
    };
}
