using System.Collections.Concurrent;
using Orleans.Storage;
using ProxyCluster.Grains.RateLimiting;

namespace ProxyCluster.Tests.Cluster.RateLimiting;

/// <summary>A store that all silos share and that outlives them, as Redis does; it can be made to fail.</summary>
internal sealed class SharedStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<GrainId, (byte[] Book, long SlotsUntil, int Version)> _rows = new();

    public bool FailsWrites { get; set; }

    /// <summary>The next write reaches the store, but its answer is lost.</summary>
    public bool LosesNextAnswer { get; set; }

    public int Writes { get; private set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = _rows.TryGetValue(grainId, out var row);
        grainState.State = (T)(object)new RateLimiterState { Book = found ? row.Book : [], SlotsUntil = row.SlotsUntil };
        grainState.ETag = found ? row.Version.ToString() : null;
        grainState.RecordExists = found;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (FailsWrites)
        {
            throw new TimeoutException("The store does not answer.");
        }

        var version = _rows.TryGetValue(grainId, out var row) ? row.Version : 0;
        if (version != int.Parse(grainState.ETag ?? "0"))
        {
            throw new InconsistentStateException("Written by another.", version.ToString(), grainState.ETag);
        }

        Writes++;
        var state = (RateLimiterState)(object)grainState.State!;
        _rows[grainId] = (state.Book, state.SlotsUntil, version + 1);
        if (LosesNextAnswer)
        {
            LosesNextAnswer = false;
            throw new TimeoutException("The store's answer was lost.");
        }

        grainState.ETag = (version + 1).ToString();
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove(grainId, out _);
        return Task.CompletedTask;
    }

    /// <summary>Writes behind a grain's back, as a duplicate activation would.</summary>
    public void Touch(GrainId grainId) => _rows.AddOrUpdate(grainId, _ => ([], 0, 1), (_, row) => (row.Book, row.SlotsUntil, row.Version + 1));
}
