namespace ProxyCluster.Core.Tokens;

/// <summary>
/// Tells between which two East Asian characters no token of an encoding stands: what is merged on one side of such a seam
/// never meets what is on the other, so that a text may be cut there and its parts counted apart. Most pairs have a seam.
/// </summary>
/// <remarks>A filter: where it knows none there may be one, and never the other way round.</remarks>
internal sealed class EncodingSeams
{
    private const int FilterBits = 20;
    private const int FirstLead = 0xE2;
    private const int LastLead = 0xEF;

    private readonly ulong[] _joined = new ulong[1 << (FilterBits - 6)];

    // Joined whatever else they are of: by the last six bits of the one before, and by what the first byte of the other says.
    private readonly ushort[] _joinedByBytes = new ushort[64];

    /// <summary>Learns which characters the tokens of an encoding join.</summary>
    /// <param name="tokens">Their bytes.</param>
    public EncodingSeams(IEnumerable<ReadOnlyMemory<byte>> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.Length > 1 && token.Span.ContainsAnyInRange((byte)0x80, (byte)0xFF))
            {
                Learn(token.Span);
            }
        }
    }

    /// <summary>Whether no token holds the end of one character and the beginning of the next.</summary>
    public bool IsBetween(char before, char after) =>
        EastAsian.Is(before) && EastAsian.Is(after)
        && (_joinedByBytes[before & 0x3F] >> (after >> 12) & 1) == 0
        && (_joined[WordOf(before, after)] >> BitOf(before, after) & 1) == 0;

    private static int Hash(char before, char after) => (int)((((uint)before << 16) | after) * 0x9E3779B1U >> (32 - FilterBits));

    private static int WordOf(char before, char after) => Hash(before, after) >> 6;

    private static int BitOf(char before, char after) => Hash(before, after) & 63;

    private void Learn(ReadOnlySpan<byte> token)
    {
        for (var at = 1; at < token.Length; at++)
        {
            if (!IsContinuation(token[at]) && token[at] >= FirstLead && (token[at - 1] & 0x80) != 0)
            {
                LearnBoundary(token[..at], token[at..]);
            }
        }
    }

    // A token may begin or end inside of a character: then all characters count that have these bytes.
    private void LearnBoundary(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (after[0] > LastLead)
        {
            return;
        }

        var start = before.Length - 1;
        while (start > 0 && IsContinuation(before[start]))
        {
            start--;
        }

        var last = before[start..];
        var next = after[..Math.Min(3, after.Length)];
        if (last is [>= FirstLead and <= LastLead, _, _])
        {
            LearnAfter(CharacterOf(last), next);
        }
        else if (IsContinuation(last[0]))
        {
            LearnAfterPart(last, next);
        }
    }

    private void LearnAfterPart(ReadOnlySpan<byte> last, ReadOnlySpan<byte> next)
    {
        if (last.Length > 2)
        {
            return;
        }

        if (next.Length < 3)
        {
            _joinedByBytes[last[^1] & 0x3F] |= (ushort)(1 << (next[0] & 0xF));
            return;
        }

        for (var lead = FirstLead; lead <= LastLead; lead++)
        {
            for (var middle = 0x80; middle < 0xC0; middle++)
            {
                if (last.Length == 1 || last[0] == middle)
                {
                    Join(CharacterOf([(byte)lead, (byte)middle, last[^1]]), CharacterOf(next));
                }
            }
        }
    }

    private void LearnAfter(char before, ReadOnlySpan<byte> next)
    {
        if (next.Length == 3)
        {
            Join(before, CharacterOf(next));
        }
        else if (next.Length == 1)
        {
            _joinedByBytes[before & 0x3F] |= (ushort)(1 << (next[0] & 0xF));
        }
        else
        {
            for (var rest = 0x80; rest < 0xC0; rest++)
            {
                Join(before, CharacterOf([next[0], next[1], (byte)rest]));
            }
        }
    }

    private void Join(char before, char after) => _joined[WordOf(before, after)] |= 1UL << BitOf(before, after);

    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;

    private static char CharacterOf(ReadOnlySpan<byte> bytes) => (char)(((bytes[0] & 0xF) << 12) | ((bytes[1] & 0x3F) << 6) | (bytes[2] & 0x3F));
}
