namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Calls to the cluster that a person waits for.</summary>
internal static class AdminCalls
{
    /// <summary>How long the admin plane waits for one answer.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an answer, for as long as the deadline allows.</summary>
    /// <exception cref="TimeoutException">The cluster does not answer.</exception>
    public static Task<T> Within<T>(this ValueTask<T> call, TimeProvider clock, CancellationToken cancellationToken) =>
        call.AsTask().WaitAsync(Deadline, clock, cancellationToken);

    /// <summary>Waits for an answer, for as long as the deadline allows.</summary>
    /// <exception cref="TimeoutException">The cluster does not answer.</exception>
    public static Task<T> Within<T>(this Task<T> call, TimeProvider clock, CancellationToken cancellationToken) =>
        call.WaitAsync(Deadline, clock, cancellationToken);
}
