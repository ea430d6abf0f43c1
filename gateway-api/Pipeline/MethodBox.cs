using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Where a method stands that waits, and who waits for it.</summary>
internal abstract class MethodBox<TResult> : IValueTaskSource<TResult>
{
    // Whoever waits goes on at once, on the thread that brought the result.
    private ManualResetValueTaskSourceCore<TResult> _source;

    protected MethodBox() => Continuation = GoOn;

    /// <summary>Goes on with the method.</summary>
    public Action Continuation { get; }

    /// <summary>What flows along; <see langword="null"/>: nothing.</summary>
    public ExecutionContext? Context { get; set; }

    public short Version => _source.Version;

    public void SetResult(TResult result) => _source.SetResult(result);

    public void SetException(Exception exception) => _source.SetException(exception);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    public TResult GetResult(short token)
    {
        // A token of an earlier use throws here, and leaves the box to whom it belongs.
        if (_source.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The method has not ended.");
        }

        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Context = null;
            _source.Reset();
            Return();
        }
    }

    protected abstract void GoOn();

    /// <summary>Forgets the method, and keeps the box for the next.</summary>
    protected abstract void Return();
}

/// <summary>The box of one method. As many are kept as a busy moment needed, up to a bound.</summary>
internal sealed class MethodBox<TStateMachine, TResult> : MethodBox<TResult>
    where TStateMachine : IAsyncStateMachine
{
    private const int MostKept = 256;

    private static readonly ContextCallback Run = static box => ((MethodBox<TStateMachine, TResult>)box!).StateMachine!.MoveNext();
    private static readonly ConcurrentQueue<MethodBox<TStateMachine, TResult>> Kept = new();
    private static int _count;

    [ThreadStatic]
    private static MethodBox<TStateMachine, TResult>? _own;

    /// <summary>The method. A field: it is moved on in place.</summary>
    public TStateMachine? StateMachine;

    public static MethodBox<TStateMachine, TResult> Rent()
    {
        if (_own is { } own)
        {
            _own = null;
            return own;
        }

        if (Kept.TryDequeue(out var kept))
        {
            Interlocked.Decrement(ref _count);
            return kept;
        }

        return new();
    }

    protected override void GoOn()
    {
        if (Context is { } context)
        {
            ExecutionContext.Run(context, Run, this);
            return;
        }

        StateMachine!.MoveNext();
    }

    protected override void Return()
    {
        StateMachine = default;
        if (_own is null)
        {
            _own = this;
            return;
        }

        if (Interlocked.Increment(ref _count) <= MostKept)
        {
            Kept.Enqueue(this);
            return;
        }

        Interlocked.Decrement(ref _count);
    }
}
