namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Which door a connection came in by.</summary>
internal enum Listener
{
    /// <summary>What applications call.</summary>
    Data = 0,

    /// <summary>Admin API and dashboard.</summary>
    Admin = 1,

    /// <summary>Health and metrics.</summary>
    Ops = 2,
}

/// <summary>
/// Put on each connection as it is accepted. A request's <c>Host</c> header is the client's to choose; the socket it
/// came in by is not.
/// </summary>
internal sealed class ListenerFeature(Listener listener)
{
    public Listener Listener { get; } = listener;
}
