using System.Globalization;
using Orleans.Storage;
using ProxyCluster.Core.Security;
using ProxyCluster.Grains.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>A store that holds the pages of a population, and forgets what is written.</summary>
internal sealed class PopulationStorage(KeyPopulation population) : IGrainStorage
{
    private static readonly Guid Epoch = Guid.NewGuid();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        if (grainState.State is KeyDirectoryPage page)
        {
            var shard = (int)grainId.GetIntegerKey();
            var skip = int.Parse(stateName.AsSpan(stateName.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture) * KeyShard.PageSize;
            grainState.RecordExists = skip < population.CountOf(shard);
            if (grainState.RecordExists)
            {
                page.Epoch = Epoch;
                page.Keys = [.. population.Records(shard, skip, KeyShard.PageSize).Select((record, i) => new StoredKey(record, skip + i + 1))];
            }
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
}
