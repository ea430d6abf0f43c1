namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>A gateway that finds no cluster goes on looking.</summary>
internal sealed partial class ConnectForEver(TimeProvider clock, ClusterConnection connection, ILogger<ConnectForEver> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private bool _told;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!_told)
        {
            _told = true;
            LogNoCluster(logger, exception.Message);
        }

        connection.Failed(exception.Message);
        await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    [LoggerMessage(LogLevel.Warning, "The cluster does not answer, trying again each second: {Reason}")]
    private static partial void LogNoCluster(ILogger logger, string reason);
}
