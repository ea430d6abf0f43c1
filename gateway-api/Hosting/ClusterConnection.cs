namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Whether this process has been in touch with its cluster.</summary>
internal sealed class ClusterConnection
{
    private volatile string? _fault = "The process has not joined its cluster yet.";

    /// <summary>Why it is not; <see langword="null"/>: it is, or was: what the cluster last said is for the snapshot's age to tell.</summary>
    public string? Fault => _fault;

    public bool HasJoined => _fault is null;

    public void Joined() => _fault = null;

    public void Failed(string reason) => _fault = reason;
}
