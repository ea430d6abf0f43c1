namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Renews the leases on slots each second, and four times a second those that requests wait for; gives all back when the process ends.</summary>
internal sealed class SlotUpkeep(SlotLeases leases, TimeProvider clock) : BackgroundService
{
    private const int TicksToRenewal = 4;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await leases.ReturnAllAsync().WaitAsync(FarewellLimit, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        for (var tick = 0; await timer.WaitForNextTickAsync(stoppingToken); tick = (tick + 1) % TicksToRenewal)
        {
            // Not awaited: a provider whose grain is slow must not keep the others waiting. Each gate has one call under way.
            _ = leases.RenewAllAsync(onlyWaited: tick != 0);
        }
    }
}
