using Orleans.Storage;

namespace ProxyCluster.Silo.Storage;

/// <summary>
/// Tells failures of a storage in words. A gateway has no storage's library: an exception of its types, which travels inside
/// the one that Orleans makes of it, could not even be read there.
/// </summary>
internal sealed class PlainFailures(IGrainStorage inner) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(grainId, inner.ReadStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(grainId, inner.WriteStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        GuardAsync(grainId, inner.ClearStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => (inner as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;

    private static async Task GuardAsync(GrainId grain, Task operation)
    {
        try
        {
            await operation;
        }
        catch (InconsistentStateException conflict) when (conflict.InnerException is not null)
        {
            throw new InconsistentStateException(conflict.Message, conflict.StoredEtag, conflict.CurrentEtag);
        }
        catch (Exception failure) when (failure is not OrleansException || failure.InnerException is not null)
        {
            throw new OrleansException($"The store of {grain} does not answer: {failure.GetType().Name}: {failure.Message}");
        }
    }
}
