using System.Numerics;

namespace ProxyCluster.Core.Condensation;

/// <summary>Which units stay, told so that the ones next to a place are found without a look at each between.</summary>
internal sealed class KeptUnits(int count)
{
    private const int Bits = 64;

    private readonly ulong[] _words = new ulong[(count / Bits) + 1];

    /// <summary>Counts a unit as kept.</summary>
    public void Add(int unit) => _words[unit / Bits] |= 1UL << (unit % Bits);

    /// <summary>Counts it as kept no more.</summary>
    public void Remove(int unit) => _words[unit / Bits] &= ~(1UL << (unit % Bits));

    /// <summary>The last one kept before a place; -1: none.</summary>
    public int Before(int place)
    {
        var word = place / Bits;
        var bits = _words[word] & ((1UL << (place % Bits)) - 1);
        while (bits == 0 && word > 0)
        {
            bits = _words[--word];
        }

        return bits == 0 ? -1 : (word * Bits) + BitOperations.Log2(bits);
    }

    /// <summary>The first one kept after a place (-1: of all); as many as there are units: none.</summary>
    public int After(int place)
    {
        var word = (place + 1) / Bits;
        var bits = _words[word] & (ulong.MaxValue << ((place + 1) % Bits));
        while (bits == 0 && word < _words.Length - 1)
        {
            bits = _words[++word];
        }

        return bits == 0 ? count : (word * Bits) + BitOperations.TrailingZeroCount(bits);
    }
}
