using Orleans.Storage;
using ProxyCluster.Core.Security;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Grains.Security;

/// <summary>Reads and writes the pages of one shard of the key directory.</summary>
internal sealed class KeyDirectoryStore(IGrainStorage storage, GrainId shard)
{
    private readonly PagedStore<KeyDirectoryPage> _keys = new(storage, shard, "keys");
    private readonly PagedStore<SubjectDirectoryPage> _subjects = new(storage, shard, "subjects");
    private readonly PagedStore<KeyUsesPage> _uses = new(storage, shard, "uses");

    /// <summary>The stored feed epoch; empty: nothing is stored yet.</summary>
    public Guid Epoch { get; private set; }

    /// <summary>Reads every page anew.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task<KeyShard> ReadAsync()
    {
        var keys = await _keys.ReadAsync();
        var subjects = await _subjects.ReadAsync();
        var shard = new KeyShard();
        shard.Load(keys.Select(page => page.Keys), subjects.Select(page => page.Subjects));
        Epoch = keys.Count > 0 ? keys[0].Epoch : subjects.Count > 0 ? subjects[0].Epoch : Guid.Empty;
        return shard;
    }

    /// <summary>Stores a change of a key. When it fails, whether it was stored is not known: read again before the next one.</summary>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote the page.</exception>
    public async Task WriteAsync(RecordChange<StoredKey> change, Guid epoch)
    {
        await _keys.WriteAsync(change.Page, new KeyDirectoryPage { Epoch = epoch, Keys = change.Keys });
        Epoch = epoch;
    }

    /// <summary>Stores a change of a user or team, as <see cref="WriteAsync(RecordChange{StoredKey}, Guid)"/> does.</summary>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote the page.</exception>
    public async Task WriteAsync(RecordChange<StoredSubject> change, Guid epoch)
    {
        await _subjects.WriteAsync(change.Page, new SubjectDirectoryPage { Epoch = epoch, Subjects = change.Keys });
        Epoch = epoch;
    }

    /// <summary>Reads when keys were used.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task<KeyUseLog> ReadUsesAsync()
    {
        var log = new KeyUseLog();
        foreach (var page in await _uses.ReadAsync())
        {
            log.Load(page.Uses);
        }

        return log;
    }

    /// <summary>Stores when keys were used.</summary>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote.</exception>
    public Task WriteUsesAsync(KeyUseLog log) => _uses.WriteAsync(0, new KeyUsesPage { Uses = [.. log.All] });
}
