namespace ProxyCluster.GatewayApi.Health;

/// <summary>Remembers that the process was ready once.</summary>
internal sealed class StartupState
{
    private volatile bool _isStarted;

    public bool IsStarted => _isStarted;

    public void Complete() => _isStarted = true;
}
