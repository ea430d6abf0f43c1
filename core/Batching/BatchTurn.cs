namespace ProxyCluster.Core.Batching;

/// <summary>A call that its caller makes itself; the turn ends when it is disposed of, which is done once.</summary>
public readonly struct BatchTurn : IDisposable
{
    private readonly Action? _end;

    internal BatchTurn(Action end) => _end = end;

    /// <inheritdoc/>
    public void Dispose() => _end?.Invoke();
}
