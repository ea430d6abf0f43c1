namespace ProxyCluster.Core.Tokens;

/// <summary>
/// Remembers how many tokens the shortest words are: eight characters of ASCII, or three of any kind. Of words that would stand
/// in the same place the last one is remembered, so that it never grows; any number of threads may use it.
/// </summary>
internal sealed class PackedCounts
{
    private const int SlotBits = 15;
    private const int MostAscii = 8;
    private const int MostCharacters = 3;

    // Under the word, whose own bits are 57 at most.
    private const int CountBits = 7;

    // One slot is one number, so that what is read of it is never half of two.
    private readonly ulong[] _slots = new ulong[1 << SlotBits];

    /// <summary>Writes a word as a number: a bit that stands for its beginning, then 7 bits for each character of ASCII, or 16 for each of any kind. No two have the same.</summary>
    public static bool TryPack(ReadOnlySpan<char> word, out ulong packed)
    {
        packed = 1;
        if (word.Length > MostAscii)
        {
            return false;
        }

        var all = 0;
        foreach (var c in word)
        {
            packed = (packed << 7) | c;
            all |= c;
        }

        if (all < 0x80)
        {
            return true;
        }

        packed = 1;
        foreach (var c in word[..Math.Min(word.Length, MostCharacters)])
        {
            packed = (packed << 16) | c;
        }

        return word.Length <= MostCharacters;
    }

    /// <summary>The tokens of a word; 0: not known.</summary>
    public int Find(ulong packed)
    {
        var known = Volatile.Read(ref SlotOf(packed));
        return known >> CountBits == packed ? (int)(known & ((1 << CountBits) - 1)) : 0;
    }

    /// <summary>Remembers the tokens of a word.</summary>
    public void Add(ulong packed, int tokens) => Volatile.Write(ref SlotOf(packed), (packed << CountBits) | (uint)tokens);

    private ref ulong SlotOf(ulong packed) => ref _slots[(packed * 0x9E3779B97F4A7C15UL) >> (64 - SlotBits)];
}
