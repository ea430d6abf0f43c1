using System.Globalization;
using Orleans.Storage;

namespace ProxyCluster.Grains.Storage;

/// <summary>
/// The pages of one shard, each a stored state of its own with its own etag: a change writes one page, however many there are.
/// </summary>
/// <param name="storage">Where they are kept.</param>
/// <param name="shard">Whose pages they are.</param>
/// <param name="name">The states are called after it, and numbered from 0.</param>
internal sealed class PagedStore<TPage>(IGrainStorage storage, GrainId shard, string name)
    where TPage : class, new()
{
    private readonly List<GrainState<TPage>> _pages = [];

    /// <summary>Reads every page anew.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task<IReadOnlyList<TPage>> ReadAsync()
    {
        _pages.Clear();
        for (var page = await ReadPageAsync(0); page.RecordExists; page = await ReadPageAsync(_pages.Count))
        {
            _pages.Add(page);
        }

        return [.. _pages.Select(page => page.State!)];
    }

    /// <summary>Stores a page. When it fails, whether it was stored is not known: read again before the next change.</summary>
    /// <param name="number">Of a page that was read or written, or the next one.</param>
    /// <param name="content">What it says from now on.</param>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote the page.</exception>
    public async Task WriteAsync(int number, TPage content)
    {
        // A new page was read as missing when the shard was read: written with no etag, it clashes where it is there now.
        var isNew = number == _pages.Count;
        var page = isNew ? new GrainState<TPage>(content) : _pages[number];
        page.State = content;
        await StoreFailure.GuardAsync(shard, () => storage.WriteStateAsync(NameOf(number), shard, page));
        if (isNew)
        {
            _pages.Add(page);
        }
    }

    private async Task<GrainState<TPage>> ReadPageAsync(int number)
    {
        var state = new GrainState<TPage>(new TPage());
        await StoreFailure.GuardAsync(shard, () => storage.ReadStateAsync(NameOf(number), shard, state));
        return state;
    }

    private string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
}
