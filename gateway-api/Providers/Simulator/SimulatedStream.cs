namespace ProxyCluster.GatewayApi.Providers.Simulator;

/// <summary>A stream of events at a given rate, as a body that is read from.</summary>
internal sealed class SimulatedStream(IEnumerator<byte[]> events, TimeSpan between, TimeProvider clock) : MadeBody
{
    private ReadOnlyMemory<byte> _rest;
    private bool _began;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_rest.IsEmpty)
        {
            if (_began && between > TimeSpan.Zero)
            {
                await Task.Delay(between, clock, cancellationToken);
            }

            _began = true;
            if (!events.MoveNext())
            {
                return 0;
            }

            _rest = events.Current;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        events.Dispose();
        base.Dispose(disposing);
    }
}
