namespace ProxyCluster.Core.Batching;

/// <summary>One request on its way through a <see cref="Batcher{TKey, TItem, TResult}"/>. Its state is guarded by the batcher's lock.</summary>
internal sealed class BatchMember<TItem, TResult>(TItem item, ItemSize size)
{
    private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TItem Item => item;

    public ItemSize Size => size;

    /// <summary>Whom it goes with; <see langword="null"/>: it has left, or was not placed yet.</summary>
    public BatchGroup<TItem, TResult>? Group { get; set; }

    /// <summary>Ends with the request's own result or failure, or cancelled when its caller leaves.</summary>
    public Task<TResult> Result => _result.Task;

    public void Succeed(TResult result) => _result.TrySetResult(result);

    public void Fail(Exception failure) => _result.TrySetException(failure);

    public void Leave(CancellationToken callerLeft) => _result.TrySetCanceled(callerLeft);
}
