namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Whether this process is on its way out. Read on each request: one volatile read.</summary>
internal sealed class DrainState
{
    private volatile bool _isDraining;

    /// <summary>Set once, never unset: ready answers no, answers carry <c>connection: close</c>, nothing new is begun that can be refused.</summary>
    public bool IsDraining => _isDraining;

    public void Begin() => _isDraining = true;
}
