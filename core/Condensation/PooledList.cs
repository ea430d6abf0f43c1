using System.Buffers;
using System.Runtime.CompilerServices;

namespace ProxyCluster.Core.Condensation;

/// <summary>A list in memory that the process lends: what one conversation takes is used again for the next, and growing leaves nothing behind.</summary>
/// <typeparam name="T">Values only.</typeparam>
internal sealed class PooledList<T>
    where T : unmanaged
{
    private T[] _items;

    /// <summary>Begins empty.</summary>
    /// <param name="capacity">How many there will be, about.</param>
    public PooledList(int capacity) => _items = ArrayPool<T>.Shared.Rent(capacity);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them, until one is added.</summary>
    public Span<T> Span => _items.AsSpan(0, Count);

    /// <summary>One of them.</summary>
    public ref T this[int index] => ref Span[index];

    /// <summary>Adds one.</summary>
    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Grow(1);
        }

        _items[Count++] = item;
    }

    /// <summary>Adds several.</summary>
    public void AddRange(ReadOnlySpan<T> items)
    {
        if (Count + items.Length > _items.Length)
        {
            Grow(items.Length);
        }

        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    /// <summary>Gives the memory back. The list is empty from then on; one that is not given back is collected like any other.</summary>
    public void GiveBack()
    {
        var items = _items;
        (_items, Count) = ([], 0);
        ArrayPool<T>.Shared.Return(items);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int more)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(Count + more, Count * 2));
        Span.CopyTo(larger);
        ArrayPool<T>.Shared.Return(_items);
        _items = larger;
    }
}
