using Orleans.Storage;
using ProxyCluster.Core.Security;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Grains.Security;

/// <summary>Reads and writes the pages of one shard of the key directory.</summary>
internal sealed class KeyDirectoryStore(IGrainStorage storage, GrainId shard)
{
    private readonly PagedStore<KeyDirectoryPage> _pages = new(storage, shard, "keys");

    /// <summary>The stored feed epoch; empty: nothing is stored yet.</summary>
    public Guid Epoch { get; private set; }

    /// <summary>Reads every page anew.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task<KeyShard> ReadAsync()
    {
        var keys = new KeyShard();
        var pages = await _pages.ReadAsync();
        foreach (var page in pages)
        {
            keys.Load(page.Keys);
        }

        Epoch = pages.Count > 0 ? pages[0].Epoch : Guid.Empty;
        return keys;
    }

    /// <summary>Stores a change. When it fails, whether it was stored is not known: read again before the next one.</summary>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote the page.</exception>
    public async Task WriteAsync(KeyShardChange change, Guid epoch)
    {
        await _pages.WriteAsync(change.Page, new KeyDirectoryPage { Epoch = epoch, Keys = change.Keys });
        Epoch = epoch;
    }
}
