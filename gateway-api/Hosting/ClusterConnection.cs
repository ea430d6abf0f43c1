namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Whether this process has been in touch with its cluster.</summary>
internal sealed class ClusterConnection(TimeProvider clock)
{
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _fault = "The process has not joined its cluster yet.";

    /// <summary>Why it is not; <see langword="null"/>: it is, or was: what the cluster last said is for the snapshot's age to tell.</summary>
    public string? Fault => _fault;

    public bool HasJoined => _fault is null;

    public void Joined()
    {
        _fault = null;
        _joined.TrySetResult();
    }

    /// <summary>Waits for the cluster, but not longer than it is given.</summary>
    /// <returns>Whether it has joined.</returns>
    public async Task<bool> WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await _joined.Task.WaitAsync(patience, clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Failed(string reason) => _fault = reason;
}
