using System.Globalization;
using Orleans.Storage;
using ProxyCluster.Core.Responses;

namespace ProxyCluster.Grains.Responses;

/// <summary>Reads and writes the pages of one shard, each a stored state of its own with its own etag.</summary>
internal sealed class ResponseMapStore(IGrainStorage storage, GrainId shard)
{
    private readonly List<GrainState<ResponseMapPage>> _slots = [];

    /// <summary>Reads every page anew.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task<ResponseShard> ReadAsync()
    {
        var answers = new ResponseShard();
        _slots.Clear();
        for (var page = await ReadSlotAsync(0); page.RecordExists; page = await ReadSlotAsync(_slots.Count))
        {
            _slots.Add(page);
            answers.Load(new ResponsePage(page.State!.Sequence, page.State.Kept));
        }

        return answers;
    }

    /// <summary>Stores a change. When it fails, whether it was stored is not known: read again before the next one.</summary>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote the page.</exception>
    public async Task WriteAsync(ResponsePageChange change)
    {
        // A new slot was read as missing when the shard was read: written with no etag, it clashes where it is there now.
        var isNew = change.Slot == _slots.Count;
        var slot = isNew ? new GrainState<ResponseMapPage>(new ResponseMapPage()) : _slots[change.Slot];
        slot.State = new ResponseMapPage { Sequence = change.Page.Sequence, Kept = change.Page.Kept };
        await GuardAsync(() => storage.WriteStateAsync(NameOf(change.Slot), shard, slot));
        if (isNew)
        {
            _slots.Add(slot);
        }
    }

    private async Task<GrainState<ResponseMapPage>> ReadSlotAsync(int slot)
    {
        var state = new GrainState<ResponseMapPage>(new ResponseMapPage());
        await GuardAsync(() => storage.ReadStateAsync(NameOf(slot), shard, state));
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

    private static string NameOf(int slot) => string.Create(CultureInfo.InvariantCulture, $"responses-{slot}");
}
