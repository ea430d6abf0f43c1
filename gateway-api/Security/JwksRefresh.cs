namespace ProxyCluster.GatewayApi.Security;

/// <summary>Reads issuers' keys at the start, each hour, and again soon while it fails, so that no request has to wait for them.</summary>
internal sealed class JwksRefresh(JwtIssuers issuers, TimeProvider clock) : BackgroundService
{
    /// <summary>How often it is looked whether keys are due.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        do
        {
            await RefreshDueAsync().WaitAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Reads the keys that are due.</summary>
    internal Task RefreshDueAsync() =>
        Task.WhenAll(issuers.Current.KeySets.Where(static keys => keys.Age >= JwksKeys.Period).Select(static keys => keys.RefreshAsync()));
}
