using System.Buffers;

namespace ProxyCluster.Core.Condensation;

/// <summary>Numbers for terms, so that they are compared and counted without strings. The characters lie one after the other.</summary>
/// <remarks>The hash is seeded by the process: a stranger who chooses the text cannot choose collisions. Numbers follow the order of the text, so that no result depends on the seed.</remarks>
internal sealed class Vocabulary
{
    private const int FirstTerms = 2048;
    private const int CharactersOfTerm = 8;

    private readonly PooledList<char> _characters = new(FirstTerms * CharactersOfTerm);
    private readonly PooledList<Entry> _entries = new(FirstTerms);
    private int[] _heads = Heads(FirstTerms);
    private int _mask = FirstTerms - 1;

    /// <summary>How many terms there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The term of a number.</summary>
    public ReadOnlySpan<char> this[int number] => _characters.Span.Slice(_entries[number].Start, _entries[number].Length);

    /// <summary>The number of a term, a new one where it is not known.</summary>
    public int Add(ReadOnlySpan<char> term)
    {
        var hash = string.GetHashCode(term);
        var number = Find(term, hash);
        if (number >= 0)
        {
            return number;
        }

        Grow();
        ref var head = ref _heads[hash & _mask];
        _entries.Add(new Entry(hash, _characters.Count, term.Length, head - 1));
        _characters.AddRange(term);
        head = Count;
        return Count - 1;
    }

    /// <summary>The number of a term; -1: it is not known.</summary>
    public int Find(ReadOnlySpan<char> term) => Find(term, string.GetHashCode(term));

    /// <summary>Gives its memory back. It is of no use from then on.</summary>
    public void GiveBack()
    {
        _characters.GiveBack();
        _entries.GiveBack();
        (var heads, _heads) = (_heads, []);
        ArrayPool<int>.Shared.Return(heads);
    }

    private int Find(ReadOnlySpan<char> term, int hash)
    {
        var number = _heads[hash & _mask] - 1;
        while (number >= 0 && (_entries[number].Hash != hash || !this[number].SequenceEqual(term)))
        {
            number = _entries[number].Next;
        }

        return number;
    }

    private void Grow()
    {
        if (Count <= _mask)
        {
            return;
        }

        ArrayPool<int>.Shared.Return(_heads);
        _mask = (_mask * 2) + 1;
        _heads = Heads(_mask + 1);
        for (var number = 0; number < Count; number++)
        {
            ref var head = ref _heads[_entries[number].Hash & _mask];
            _entries[number] = _entries[number] with { Next = head - 1 };
            head = number + 1;
        }
    }

    private static int[] Heads(int count)
    {
        var heads = ArrayPool<int>.Shared.Rent(count);
        Array.Clear(heads, 0, count);
        return heads;
    }

    private readonly record struct Entry(int Hash, int Start, int Length, int Next);
}
