using Orleans.Storage;
using ProxyCluster.Core.Responses;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Grains.Responses;

/// <summary>Reads and writes the pages of one shard of the response map.</summary>
internal sealed class ResponseMapStore(IGrainStorage storage, GrainId shard)
{
    private readonly PagedStore<ResponseMapPage> _pages = new(storage, shard, "responses");

    /// <summary>Reads every page anew.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task<ResponseShard> ReadAsync()
    {
        var answers = new ResponseShard();
        foreach (var page in await _pages.ReadAsync())
        {
            answers.Load(new ResponsePage(page.Sequence, page.Kept));
        }

        return answers;
    }

    /// <summary>Stores a change. When it fails, whether it was stored is not known: read again before the next one.</summary>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote the page.</exception>
    public Task WriteAsync(ResponsePageChange change) =>
        _pages.WriteAsync(change.Slot, new ResponseMapPage { Sequence = change.Page.Sequence, Kept = change.Page.Kept });
}
