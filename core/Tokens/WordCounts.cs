using System.Numerics;
using System.Runtime.InteropServices;

namespace ProxyCluster.Core.Tokens;

/// <summary>
/// Remembers how many tokens short words are. Of words that would stand in the same place the last one is remembered, so that
/// it never grows; any number of threads may use it.
/// </summary>
internal sealed class WordCounts
{
    /// <summary>Characters of a remembered word at most.</summary>
    public const int LongestWord = 20;

    private const int SlotBits = 14;

    private readonly Slot[] _slots = new Slot[1 << SlotBits];

    /// <summary>The tokens of a word; 0: not known.</summary>
    public int Find(ReadOnlySpan<char> word)
    {
        var key = KeyOf(word);
        ref var slot = ref SlotOf(key);

        // A slot that is being written has an odd version, and one that was written meanwhile another one.
        var version = Volatile.Read(ref slot.Version);
        var (found, tokens) = (slot.Key, slot.Tokens);
        Volatile.ReadBarrier();
        return (version & 1) == 0 && found == key && Volatile.Read(ref slot.Version) == version ? tokens : 0;
    }

    /// <summary>Remembers the tokens of a word.</summary>
    public void Add(ReadOnlySpan<char> word, int tokens)
    {
        var key = KeyOf(word);
        ref var slot = ref SlotOf(key);
        var version = Volatile.Read(ref slot.Version);
        if ((version & 1) != 0 || Interlocked.CompareExchange(ref slot.Version, version + 1, version) != version)
        {
            return;
        }

        (slot.Key, slot.Tokens) = (key, tokens);
        Volatile.Write(ref slot.Version, version + 2);
    }

    private ref Slot SlotOf(in Key key) => ref _slots[key.Hash() & ((1 << SlotBits) - 1)];

    private static Key KeyOf(ReadOnlySpan<char> word)
    {
        Span<char> padded = stackalloc char[LongestWord];
        padded.Clear();
        word.CopyTo(padded);
        var parts = MemoryMarshal.Cast<char, ulong>(padded);
        return new Key(parts[0], parts[1], parts[2], parts[3], parts[4], word.Length);
    }

    private readonly record struct Key(ulong First, ulong Second, ulong Third, ulong Fourth, ulong Fifth, int Length)
    {
        public ulong Hash() => Mix(Mix(Mix(Mix(Mix(0, First), Second), Third), Fourth), Fifth);

        private static ulong Mix(ulong sum, ulong part) => BitOperations.RotateLeft((sum ^ part) * 0x9E3779B97F4A7C15UL, 29);
    }

    private struct Slot
    {
        public int Version;
        public int Tokens;
        public Key Key;
    }
}
