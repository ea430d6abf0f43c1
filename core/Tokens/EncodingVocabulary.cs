using System.Buffers;
using System.Text;

namespace ProxyCluster.Core.Tokens;

/// <summary>The tokens of an encoding, and how the bytes of a word merge to them: byte pair encoding, as the library does it, without a result to allocate.</summary>
internal sealed class EncodingVocabulary
{
    private const int UsualBytes = 256;
    private const int NoToken = int.MaxValue;

    private readonly EncodingTokens _tokens;
    private readonly Lazy<EncodingSeams> _seams;

    /// <summary>Loads an encoding.</summary>
    /// <param name="encoding">Its name.</param>
    /// <param name="package">The assembly that holds its data.</param>
    public EncodingVocabulary(string encoding, string package)
    {
        _tokens = EncodingTokens.Read(encoding, package);
        _seams = new(() => new EncodingSeams(_tokens.All));
    }

    /// <summary>Where a text may be cut without another count. Learnt when it is first asked for: only East Asian text needs it.</summary>
    public EncodingSeams Seams => _seams.Value;

    /// <summary>The tokens of one word, or of a part of one between seams.</summary>
    /// <param name="text">The word, without a half of a surrogate pair. Time and memory grow with the square of its length.</param>
    public int Count(ReadOnlySpan<char> text)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var bytes = pooled.AsSpan(0, Encoding.UTF8.GetBytes(text, pooled));
        var count = _tokens.Find(bytes) >= 0 ? 1 : Merge(bytes);
        ArrayPool<byte>.Shared.Return(pooled);
        return count;
    }

    // Of all neighbours that are a token together the first of the lowest rank become one, until none are.
    private int Merge(ReadOnlySpan<byte> bytes)
    {
        var count = bytes.Length;
        var starts = count < UsualBytes ? stackalloc int[UsualBytes] : new int[count + 1];
        var ranks = count < UsualBytes ? stackalloc int[UsualBytes] : new int[count + 1];
        for (var i = 0; i <= count; i++)
        {
            starts[i] = i;
            ranks[i] = RankOf(bytes, i, Math.Min(i + 2, count + 1));
        }

        while (FirstOfLowest(ranks[..count]) is var at && ranks[at] != NoToken)
        {
            starts[(at + 2)..(count + 1)].CopyTo(starts[(at + 1)..]);
            ranks[(at + 2)..(count + 1)].CopyTo(ranks[(at + 1)..]);
            count--;
            ranks[at] = at + 2 <= count ? RankOf(bytes, starts[at], starts[at + 2]) : NoToken;
            if (at > 0)
            {
                ranks[at - 1] = RankOf(bytes, starts[at - 1], starts[at + 1]);
            }
        }

        return count;
    }

    private static int FirstOfLowest(ReadOnlySpan<int> ranks)
    {
        var best = 0;
        for (var i = 1; i < ranks.Length; i++)
        {
            best = ranks[i] < ranks[best] ? i : best;
        }

        return best;
    }

    private int RankOf(ReadOnlySpan<byte> bytes, int start, int end) =>
        end <= bytes.Length && _tokens.Find(bytes[start..end]) is >= 0 and var rank ? rank : NoToken;
}
