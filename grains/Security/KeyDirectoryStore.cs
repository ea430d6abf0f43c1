using System.Globalization;
using Orleans.Storage;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Grains.Security;

/// <summary>Reads and writes the pages of one shard, each a stored state of its own with its own etag.</summary>
internal sealed class KeyDirectoryStore(IGrainStorage storage, GrainId shard)
{
    private readonly List<GrainState<KeyDirectoryPage>> _pages = [];

    /// <summary>The stored feed epoch; empty: nothing is stored yet.</summary>
    public Guid Epoch { get; private set; }

    /// <summary>Reads every page anew.</summary>
    public async Task<KeyShard> ReadAsync()
    {
        var keys = new KeyShard();
        _pages.Clear();
        Epoch = Guid.Empty;
        while (true)
        {
            var page = await ReadPageAsync(_pages.Count);
            if (!page.RecordExists)
            {
                return keys;
            }

            _pages.Add(page);
            Epoch = _pages[0].State!.Epoch;
            keys.Load(page.State!.Keys);
        }
    }

    /// <summary>Stores a change. When it fails, whether it was stored is not known: read again before the next one.</summary>
    public async Task WriteAsync(KeyShardChange change, Guid epoch)
    {
        // A page that is not there yet is written over what was just read as missing, so that a second activation's
        // page is met as a clash and not overwritten.
        var page = change.Page < _pages.Count ? _pages[change.Page] : await ReadPageAsync(change.Page);
        if (change.Page == _pages.Count && page.RecordExists)
        {
            throw new InconsistentStateException($"Page {change.Page} of {shard} was written by another activation.");
        }

        page.State = new KeyDirectoryPage { Epoch = epoch, Keys = change.Keys };
        await GuardAsync(() => storage.WriteStateAsync(NameOf(change.Page), shard, page));
        if (change.Page == _pages.Count)
        {
            _pages.Add(page);
        }

        Epoch = epoch;
    }

    private async Task<GrainState<KeyDirectoryPage>> ReadPageAsync(int page)
    {
        var state = new GrainState<KeyDirectoryPage>(new KeyDirectoryPage());
        await GuardAsync(() => storage.ReadStateAsync(NameOf(page), shard, state));
        return state;
    }

    // Callers may not know the store's own exceptions; Orleans wraps them only where it keeps the state itself.
    private async Task GuardAsync(Func<Task> operation)
    {
        try
        {
            await operation();
        }
        catch (Exception exception) when (exception is not OrleansException)
        {
            throw new OrleansException($"The store of {shard} does not answer: {exception.Message}", exception);
        }
    }

    private static string NameOf(int page) => string.Create(CultureInfo.InvariantCulture, $"keys-{page}");
}
