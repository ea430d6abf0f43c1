using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>
/// Builds the asynchronous methods that each request waits in. Their state goes into boxes that are used again, as the
/// runtime's own <see cref="PoolingAsyncValueTaskMethodBuilder{TResult}"/> does; that keeps one box for a thread and one for
/// a core, so that a gateway of two cores with sixteen requests in flight makes nearly all of them anew.
/// </summary>
/// <remarks>The value task of such a method is awaited once, and not after it was awaited: then its box is another's.</remarks>
[StructLayout(LayoutKind.Auto)]
internal struct PooledMethodBuilder<TResult>
{
    // Null until the method waits for the first time, or fails before that.
    private MethodBox<TResult>? _box;
    private Task<TResult>? _failed;
    private TResult _result;

    /// <summary>What the method answers with.</summary>
    public readonly ValueTask<TResult> Task =>
        _box is { } box ? new(box, box.Version) : _failed is { } failed ? new(failed) : new(_result);

    public static PooledMethodBuilder<TResult> Create() => default;

    // The compiler calls both on an instance.
#pragma warning disable CA1822
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine =>
        AsyncValueTaskMethodBuilder.Create().Start(ref stateMachine);

    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only asked of what is boxed by the runtime.
    }
#pragma warning restore CA1822

    public void SetResult(TResult result)
    {
        if (_box is { } box)
        {
            box.SetResult(result);
            return;
        }

        _result = result;
    }

    public void SetException(Exception exception)
    {
        if (_box is { } box)
        {
            box.SetException(exception);
            return;
        }

        _failed = System.Threading.Tasks.Task.FromException<TResult>(exception);
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        awaiter.OnCompleted(BoxOf(ref stateMachine).Continuation);

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        awaiter.UnsafeOnCompleted(BoxOf(ref stateMachine).Continuation);

    private MethodBox<TResult> BoxOf<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        var context = ExecutionContext.Capture();
        if (_box is { } known)
        {
            known.Context = context;
            return known;
        }

        // First into this builder, which is a part of what is copied then.
        var box = MethodBox<TStateMachine, TResult>.Rent();
        _box = box;
        box.Context = context;
        box.StateMachine = stateMachine;
        return box;
    }
}
