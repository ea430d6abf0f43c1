namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// A fault that an operator has to mend and that shows only after the start, because the cluster was away until then. The
/// process stops in order, tells it in one sentence, and ends with 1 as if it had not started.
/// </summary>
internal sealed class LateFault(IHostApplicationLifetime lifetime)
{
    private StartFault? _fault;

    /// <summary>What has stopped the process; <see langword="null"/>: nothing, or a signal.</summary>
    public StartFault? Fault => Volatile.Read(ref _fault);

    /// <summary>Stops the process. Of several faults the first is told.</summary>
    public void Stop(StartFault fault)
    {
        Interlocked.CompareExchange(ref _fault, fault, null);
        lifetime.StopApplication();
    }
}
