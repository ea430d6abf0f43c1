using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Storage;

namespace ProxyCluster.Tests.Cluster.Support;

/// <summary>
/// Storage that outlives silos: one instance for all silos of a test. Holds bytes, so that nothing is shared by
/// reference, and checks etags as real stores do.
/// </summary>
public sealed class SharedMemoryStorage
{
    private readonly ConcurrentDictionary<string, Record> _records = new(StringComparer.Ordinal);
    private volatile bool _failing;
    private int _writes;

    /// <summary>While set, every read and write fails as if the store were gone.</summary>
    public bool IsFailing
    {
        get => _failing;
        set => _failing = value;
    }

    /// <summary>What writes wait for, as if the store were slow.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>How many writes and clears succeeded.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>The stored bytes of a grain; <see langword="null"/>: nothing is stored.</summary>
    public byte[]? Find(GrainId grain, string state = "state") => _records.TryGetValue(Key(state, grain), out var record) ? record.Payload : null;

    /// <summary>Puts bytes where a grain will find them, as an older release may have left them.</summary>
    public void Put(GrainId grain, byte[] payload, string state = "state") => _records[Key(state, grain)] = new Record(payload, NewTag());

    /// <summary>Changes the etag behind the back of an activation.</summary>
    public void Touch(GrainId grain, string state = "state")
    {
        var key = Key(state, grain);
        _records[key] = _records[key] with { ETag = NewTag() };
    }

    internal IGrainStorage For(Serializer serializer) => new Storage(this, serializer);

    private static string Key(string state, GrainId grain) => $"{state}/{grain}";

    private static string NewTag() => Guid.NewGuid().ToString("N");

    private void ThrowIfFailing()
    {
        if (_failing)
        {
            throw new IOException("The test's store does not answer.");
        }
    }

    private readonly record struct Record(byte[] Payload, string ETag);

    private sealed class Storage(SharedMemoryStorage owner, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            owner.ThrowIfFailing();
            if (owner._records.TryGetValue(Key(stateName, grainId), out var record))
            {
                grainState.State = serializer.Deserialize<T>(record.Payload);
                grainState.ETag = record.ETag;
                grainState.RecordExists = true;
                return Task.CompletedTask;
            }

            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await owner.Held;
            owner.ThrowIfFailing();
            var next = new Record(serializer.SerializeToArray(grainState.State), NewTag());
            var key = Key(stateName, grainId);
            if (grainState.ETag is null ? !owner._records.TryAdd(key, next) : !Replace(key, grainState.ETag, next))
            {
                throw Conflict(key, grainState.ETag);
            }

            Interlocked.Increment(ref owner._writes);
            grainState.ETag = next.ETag;
            grainState.RecordExists = true;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            owner.ThrowIfFailing();
            var key = Key(stateName, grainId);
            if (owner._records.TryGetValue(key, out var stored) && stored.ETag != grainState.ETag)
            {
                throw Conflict(key, grainState.ETag);
            }

            owner._records.TryRemove(key, out _);
            Interlocked.Increment(ref owner._writes);
            grainState.State = Activator.CreateInstance<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }

        private bool Replace(string key, string expected, Record next) =>
            owner._records.TryGetValue(key, out var stored) && stored.ETag == expected && owner._records.TryUpdate(key, next, stored);

        private InconsistentStateException Conflict(string key, string? expected) =>
            new($"The etag of {key} has moved on.", owner._records.TryGetValue(key, out var stored) ? stored.ETag : "none", expected ?? "none");
    }
}
