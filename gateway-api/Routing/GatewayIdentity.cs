namespace ProxyCluster.GatewayApi.Routing;

/// <summary>This process, as the grains know it. One instance a process; a restart is another gateway.</summary>
internal sealed class GatewayIdentity
{
    /// <summary>What leases, polls and batches are booked under.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>For operators: host and process id.</summary>
    public string Name { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";
}
