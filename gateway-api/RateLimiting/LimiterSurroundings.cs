using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>What all subjects of a gateway share.</summary>
internal sealed class LimiterSurroundings(
    IGrainFactory grains,
    IRoutingSnapshotSource snapshots,
    GatewayIdentity identity,
    LimiterClock clock,
    RateLimitingMetrics metrics,
    LimiterPolicy policy,
    ILogger logger)
{
    private volatile LimiterPolicy _policy = policy;

    public GatewayIdentity Identity => identity;

    public LimiterClock Clock => clock;

    public RateLimitingMetrics Metrics => metrics;

    public ILogger Logger => logger;

    public LimiterPolicy Policy
    {
        get => _policy;
        set => _policy = value;
    }

    /// <summary>How many gateways share each limit; at least 1.</summary>
    public int Gateways => Math.Max(1, snapshots.Current.ActiveGateways);

    public IRateLimiterGrain Grain(string subject) => grains.GetGrain<IRateLimiterGrain>(subject);
}
