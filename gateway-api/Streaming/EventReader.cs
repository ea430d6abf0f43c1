namespace ProxyCluster.GatewayApi.Streaming;

/// <summary>Finds events in a provider's stream of bytes, however they are cut. Holds one event at most. Not thread-safe.</summary>
internal abstract class EventReader : IDisposable
{
    /// <summary>The stream holds an event larger than allowed, or bytes that are no events; nothing more can be read.</summary>
    public bool IsTooLarge { get; protected set; }

    /// <summary>The name of the event that was found; empty: none. Valid until the next call.</summary>
    public abstract ReadOnlySpan<byte> Name { get; }

    /// <summary>The data of the event that was found. Valid until the next call.</summary>
    public abstract ReadOnlySpan<byte> Data { get; }

    /// <summary>Room for more bytes of the stream; empty when <see cref="IsTooLarge"/>.</summary>
    public abstract Memory<byte> GetMemory();

    /// <summary>Takes bytes that were written into <see cref="GetMemory"/>.</summary>
    public abstract void Advance(int count);

    /// <summary>Looks for the next whole event.</summary>
    /// <returns><see langword="true"/> when <see cref="Data"/> holds one.</returns>
    public abstract bool TryRead();

    /// <summary>The stream has ended: what stands there without its end is the last event, where the framing allows that.</summary>
    /// <returns><see langword="true"/> when <see cref="Data"/> holds one.</returns>
    public abstract bool TryReadRest();

    /// <summary>Gives the memory back.</summary>
    public abstract void Dispose();
}
