using System.Collections.Concurrent;
using ProxyCluster.GatewayApi.Requests;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>What a request needs for its life and the next one can use again.</summary>
internal sealed class RequestScratch(TimeProvider clock) : IDisposable
{
    /// <summary>The client's body.</summary>
    public PooledBuffer Body { get; } = new();

    /// <summary>The provider's whole answer.</summary>
    public PooledBuffer Answer { get; } = new();

    /// <summary>What goes to the client, where it is not the answer itself.</summary>
    public PooledBuffer Output { get; } = new();

    public AttemptTimer Timer { get; } = new(clock);

    /// <summary>What was asked of providers.</summary>
    public AttemptNotes Attempts { get; } = new();

    public void Release()
    {
        Body.Release();
        Answer.Release();
        Output.Release();
        Attempts.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        Timer.Dispose();
    }
}

/// <summary>Keeps scratches that are not in use, as many as a busy moment needed up to a bound.</summary>
internal sealed class RequestScratchPool(TimeProvider clock)
{
    private const int MostKept = 256;

    private readonly ConcurrentQueue<RequestScratch> _free = new();
    private int _count;

    public RequestScratch Rent()
    {
        if (_free.TryDequeue(out var scratch))
        {
            Interlocked.Decrement(ref _count);
            return scratch;
        }

        return new RequestScratch(clock);
    }

    public void Return(RequestScratch scratch)
    {
        scratch.Release();
        if (Interlocked.Increment(ref _count) <= MostKept)
        {
            _free.Enqueue(scratch);
            return;
        }

        Interlocked.Decrement(ref _count);
        scratch.Dispose();
    }
}
