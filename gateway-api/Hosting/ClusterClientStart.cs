namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Starts the cluster client without waiting for it: it tries to connect until it succeeds, and the gateway serves from
/// its last snapshot meanwhile.
/// </summary>
internal sealed class ClusterClientStart(IHostedService client, ClusterConnection connection) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _starting = Task.Run(ConnectAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await client.StopAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task ConnectAsync()
    {
        await client.StartAsync(_stopping.Token);
        connection.Joined();
    }
}
