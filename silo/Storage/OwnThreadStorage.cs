using Orleans.Storage;

namespace ProxyCluster.Silo.Storage;

/// <summary>Keeps the blocking calls of a storage off the threads that grains and requests run on.</summary>
internal sealed class OwnThreadStorage(AdoNetGrainStorage inner, StorageThread thread) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        thread.RunAsync(() => inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        thread.RunAsync(() => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        thread.RunAsync(() => inner.ClearStateAsync(stateName, grainId, grainState));

    public void Participate(ISiloLifecycle observer) => inner.Participate(observer);
}
