using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace ProxyCluster.Core.Tokens;

/// <summary>
/// Counts tokens by one of the published encodings. Text is cut into words here, as the encoding's pattern would cut it, East
/// Asian ones further at seams that no token spans, and the counts of short words and parts are remembered: that is five to
/// ten times as fast as the library, and allocates nothing. What is not sure to be cut so goes to the library.
/// </summary>
internal sealed class EncodingCounter
{
    private const int LongestPiece = 1024;
    private const char FirstSurrogate = '\uD800';
    private const char LastSurrogate = '\uDFFF';

    // Hardly any text needs the library itself, which takes several times as long to load.
    private readonly Lazy<TiktokenTokenizer> _library;
    private readonly Lazy<EncodingVocabulary> _vocabulary;
    private readonly EncodingWords _words;
    private readonly PackedCounts _short = new();
    private readonly WordCounts _longer = new();

    /// <summary>Counts by an encoding.</summary>
    /// <param name="encoding">Its name.</param>
    /// <param name="isO200k">Whether its pattern is that of o200k_base, and not that of cl100k_base.</param>
    public EncodingCounter(string encoding, bool isO200k)
    {
        _library = new(() => TiktokenTokenizer.CreateForEncoding(encoding));
        _vocabulary = new(() => new EncodingVocabulary(encoding, isO200k ? "Microsoft.ML.Tokenizers.Data.O200kBase" : "Microsoft.ML.Tokenizers.Data.Cl100kBase"));
        _words = new EncodingWords(isO200k);
    }

    /// <summary>Whether a text needed the library itself so far.</summary>
    public bool HasLoadedLibrary => _library.IsValueCreated;

    /// <summary>The tokens of a text; special tokens in it count as the text that they are.</summary>
    /// <param name="text">The text.</param>
    /// <param name="givenUp">Ends it at the next word.</param>
    public int Count(ReadOnlySpan<char> text, CancellationToken givenUp)
    {
        var tokens = 0;
        while (!text.IsEmpty)
        {
            var length = EncodingWords.LengthOfPlainPart(text);
            tokens += CountPlain(text[..length], givenUp);
            text = text[length..];
        }

        return tokens;
    }

    private int CountPlain(ReadOnlySpan<char> text, CancellationToken givenUp)
    {
        var tokens = 0;
        var at = 0;
        while (at < text.Length)
        {
            givenUp.ThrowIfCancellationRequested();
            var length = _words.LengthAt(text, at);
            if (length > 0)
            {
                tokens += CountWord(text.Slice(at, length), givenUp);
            }
            else
            {
                length = EncodingWords.LengthOfRest(text, at);
                tokens += CountInPieces(text.Slice(at, length), isOneWord: false, givenUp);
            }

            at += length;
        }

        return tokens;
    }

    private int CountWord(ReadOnlySpan<char> word, CancellationToken givenUp)
    {
        if (PackedCounts.TryPack(word, out var packed))
        {
            return CountPacked(word, packed);
        }

        if (!word.ContainsAnyInRange(EastAsian.First, char.MaxValue))
        {
            return CountPart(word, givenUp);
        }

        var seams = _vocabulary.Value.Seams;
        var (tokens, start) = (0, 0);
        for (var i = 1; i < word.Length; i++)
        {
            if (seams.IsBetween(word[i - 1], word[i]))
            {
                givenUp.ThrowIfCancellationRequested();
                tokens += CountPart(word[start..i], givenUp);
                start = i;
            }
        }

        return tokens + CountPart(word[start..], givenUp);
    }

    private int CountPart(ReadOnlySpan<char> part, CancellationToken givenUp)
    {
        if (PackedCounts.TryPack(part, out var packed))
        {
            return CountPacked(part, packed);
        }

        if (part.Length > WordCounts.LongestWord)
        {
            return CountInPieces(part, isOneWord: true, givenUp);
        }

        var tokens = _longer.Find(part);
        if (tokens == 0)
        {
            tokens = CountAnew(part);
            _longer.Add(part, tokens);
        }

        return tokens;
    }

    private int CountPacked(ReadOnlySpan<char> word, ulong packed)
    {
        var tokens = _short.Find(packed);
        if (tokens == 0)
        {
            tokens = CountAnew(word);
            _short.Add(packed, tokens);
        }

        return tokens;
    }

    // Merging takes the square of a piece's length, and a stranger chooses the text: what is long is cut, which counts a
    // token more at each cut and none less. A pair of surrogates stays one character.
    private int CountInPieces(ReadOnlySpan<char> text, bool isOneWord, CancellationToken givenUp)
    {
        var (tokens, start) = (0, 0);
        for (var i = 1; i < text.Length; i++)
        {
            if (i - start >= LongestPiece && !char.IsSurrogatePair(text[i - 1], text[i]))
            {
                givenUp.ThrowIfCancellationRequested();
                tokens += CountPiece(text[start..i], isOneWord);
                start = i;
            }
        }

        return tokens + CountPiece(text[start..], isOneWord);
    }

    private int CountPiece(ReadOnlySpan<char> text, bool isOneWord) =>
        text.IsEmpty ? 0 : isOneWord ? CountAnew(text) : _library.Value.CountTokens(text, considerPreTokenization: true, considerNormalization: false);

    // What stands for half of a surrogate pair is the library's choice.
    private int CountAnew(ReadOnlySpan<char> word) => word.ContainsAnyInRange(FirstSurrogate, LastSurrogate) && HasHalfPair(word)
        ? _library.Value.CountTokens(word, considerPreTokenization: false, considerNormalization: false)
        : _vocabulary.Value.Count(word);

    private static bool HasHalfPair(ReadOnlySpan<char> word)
    {
        while (!word.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(word, out _, out var length) != OperationStatus.Done)
            {
                return true;
            }

            word = word[length..];
        }

        return false;
    }
}
