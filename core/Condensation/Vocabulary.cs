namespace ProxyCluster.Core.Condensation;

/// <summary>Numbers for terms, so that they are compared and counted without strings. The characters lie one after the other.</summary>
/// <remarks>The hash is seeded by the process: a stranger who chooses the text cannot choose collisions. Numbers follow the order of the text, so that no result depends on the seed.</remarks>
internal sealed class Vocabulary
{
    private const int FirstTerms = 2048;
    private const int CharactersOfTerm = 8;

    private char[] _characters = new char[FirstTerms * CharactersOfTerm];
    private Entry[] _entries = new Entry[FirstTerms];
    private int[] _heads = new int[FirstTerms];
    private int _used;

    /// <summary>How many terms there are.</summary>
    public int Count { get; private set; }

    /// <summary>The term of a number.</summary>
    public ReadOnlySpan<char> this[int number] => _characters.AsSpan(_entries[number].Start, _entries[number].Length);

    /// <summary>The number of a term, a new one where it is not known.</summary>
    public int Add(ReadOnlySpan<char> term)
    {
        var hash = string.GetHashCode(term);
        var number = Find(term, hash);
        if (number >= 0)
        {
            return number;
        }

        Grow(term.Length);
        ref var head = ref _heads[hash & (_heads.Length - 1)];
        _entries[Count] = new Entry(hash, _used, term.Length, head - 1);
        head = Count + 1;
        term.CopyTo(_characters.AsSpan(_used));
        _used += term.Length;
        return Count++;
    }

    /// <summary>The number of a term; -1: it is not known.</summary>
    public int Find(ReadOnlySpan<char> term) => Find(term, string.GetHashCode(term));

    private int Find(ReadOnlySpan<char> term, int hash)
    {
        var number = _heads[hash & (_heads.Length - 1)] - 1;
        while (number >= 0 && (_entries[number].Hash != hash || !this[number].SequenceEqual(term)))
        {
            number = _entries[number].Next;
        }

        return number;
    }

    private void Grow(int length)
    {
        if (_used + length > _characters.Length)
        {
            Array.Resize(ref _characters, Math.Max(_characters.Length * 2, _used + length));
        }

        if (Count < _entries.Length)
        {
            return;
        }

        Array.Resize(ref _entries, _entries.Length * 2);
        _heads = new int[_entries.Length];
        for (var number = 0; number < Count; number++)
        {
            ref var head = ref _heads[_entries[number].Hash & (_heads.Length - 1)];
            _entries[number] = _entries[number] with { Next = head - 1 };
            head = number + 1;
        }
    }

    private readonly record struct Entry(int Hash, int Start, int Length, int Next);
}
