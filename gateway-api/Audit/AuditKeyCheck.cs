namespace ProxyCluster.GatewayApi.Audit;

/// <summary>Reads the keys of the audit logs before the silo joins its cluster, so that a wrong one is told at the start and not by the first change that cannot be recorded.</summary>
internal sealed class AuditKeyCheck(IServiceProvider services) : IHostedLifecycleService
{
    /// <summary>Reads them.</summary>
    /// <exception cref="Security.PepperException">One cannot be used.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _ = services.GetRequiredService<Core.Audit.AuditKeys>();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
