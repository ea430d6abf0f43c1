using Microsoft.ML.Tokenizers;

namespace ProxyCluster.Core.Tokens;

/// <summary>
/// Counts tokens by one of the published encodings. Plain ASCII is cut into words here, as the encoding's pattern would cut
/// it, and the counts of short words are remembered: that is five times as fast as the pattern. All else goes to the library.
/// </summary>
internal sealed class EncodingCounter
{
    private const int LongestWord = 1024;

    // A remembered word: its characters in 7 bits each, and the count in the lowest 8.
    private const int LongestPacked = 8;
    private const int SlotBits = 15;

    private readonly Lazy<TiktokenTokenizer> _tokenizer;
    private readonly EncodingWords _words;
    private readonly ulong[] _known = new ulong[1 << SlotBits];

    /// <summary>Counts by an encoding.</summary>
    /// <param name="encoding">Its name.</param>
    /// <param name="splitsAtCapitals">Whether its pattern ends a word before a capital.</param>
    public EncodingCounter(string encoding, bool splitsAtCapitals)
    {
        _tokenizer = new(() => TiktokenTokenizer.CreateForEncoding(encoding));
        _words = new EncodingWords(splitsAtCapitals);
    }

    /// <summary>The tokens of a text; special tokens in it count as the text that they are.</summary>
    public int Count(ReadOnlySpan<char> text)
    {
        var tokens = 0;
        while (!text.IsEmpty)
        {
            var length = EncodingWords.LengthOfPlainPart(text);
            tokens += CountPlain(text[..length]);
            text = text[length..];
        }

        return tokens;
    }

    private int CountPlain(ReadOnlySpan<char> text)
    {
        var tokens = 0;
        var at = 0;
        while (at < text.Length)
        {
            var length = _words.LengthAt(text, at);
            if (length > 0)
            {
                tokens += CountWord(text.Slice(at, length));
            }
            else
            {
                length = EncodingWords.LengthOfRest(text, at);
                tokens += CountInPieces(text.Slice(at, length));
            }

            at += length;
        }

        return tokens;
    }

    private int CountWord(ReadOnlySpan<char> word)
    {
        if (word.Length > LongestPacked)
        {
            return CountPiece(word, isOneWord: true);
        }

        var packed = 0UL;
        foreach (var c in word)
        {
            packed = (packed << 7) | c;
        }

        // One slot is one number, so that what is read of it is never half of two.
        ref var slot = ref _known[(packed * 0x9E3779B97F4A7C15UL) >> (64 - SlotBits)];
        var known = Volatile.Read(ref slot);
        if (known >> 8 == packed)
        {
            return (int)(known & 0xFF);
        }

        var tokens = CountPiece(word, isOneWord: true);
        Volatile.Write(ref slot, (packed << 8) | (uint)tokens);
        return tokens;
    }

    // Merging takes the square of a word's length, and a stranger chooses the text: what is long is cut, which counts a
    // token more at each cut and none less.
    private int CountInPieces(ReadOnlySpan<char> text)
    {
        var tokens = 0;
        var start = 0;
        var wordStart = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (i - wordStart >= LongestWord)
            {
                tokens += CountPiece(text[start..i], isOneWord: false);
                start = wordStart = i;
            }
            else if (i > 0 && KindOf(text[i]) != KindOf(text[i - 1]))
            {
                wordStart = i;
            }
        }

        return tokens + CountPiece(text[start..], isOneWord: false);
    }

    // What the encodings' own patterns keep together: letters and digits, blanks, and all else.
    private static int KindOf(char c) => char.IsLetterOrDigit(c) ? 0 : char.IsWhiteSpace(c) ? 1 : 2;

    private int CountPiece(ReadOnlySpan<char> text, bool isOneWord) =>
        text.IsEmpty ? 0 : _tokenizer.Value.CountTokens(text, considerPreTokenization: !isOneWord, considerNormalization: false);
}
