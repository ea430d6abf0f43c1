using Microsoft.ML.Tokenizers;

namespace ProxyCluster.Core.Tokens;

/// <summary>Counts the tokens of a text as a model's tokenizer would, or as near as is publicly known.</summary>
public sealed class TokenCounter
{
    private const int LongestWord = 1024;

    private readonly Lazy<TiktokenTokenizer> _tokenizer;
    private readonly double _factor;

    internal TokenCounter(string encoding, Lazy<TiktokenTokenizer> tokenizer, double factor, double error)
    {
        Encoding = encoding;
        _tokenizer = tokenizer;
        _factor = factor;
        Error = error;
    }

    /// <summary><c>o200k_base</c>, <c>cl100k_base</c>, or the name of the model family that is estimated.</summary>
    public string Encoding { get; }

    /// <summary>
    /// How far a count may be off, as a share of it, in 19 of 20 texts of a hundred tokens or more: 0 where the tokenizer is
    /// the model's own. Measured on recorded answers and what their providers billed.
    /// </summary>
    public double Error { get; }

    /// <summary>Whether the count is the model's own.</summary>
    public bool IsExact => Error == 0;

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">Any text; special tokens in it count as the text that they are.</param>
    public int Count(ReadOnlySpan<char> text) => (int)Math.Ceiling(CountBase(text) * _factor);

    /// <summary>At least the tokens that the model will see, in 19 of 20 texts.</summary>
    /// <param name="text">Any text.</param>
    public int CountAtMost(ReadOnlySpan<char> text) => (int)Math.Ceiling(CountBase(text) * _factor * (1 + Error));

    // Merging takes the square of a word's length, and a stranger chooses the text; and what looks like a special token
    // would count as one. Both are cut, which counts a token more at each cut and none less.
    private int CountBase(ReadOnlySpan<char> text)
    {
        var tokens = 0;
        var start = 0;
        var wordStart = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var isMark = text[i] == '|' && i > start && text[i - 1] == '<';
            if (isMark || i - wordStart >= LongestWord)
            {
                tokens += CountPiece(text[start..i]);
                start = wordStart = i;
            }
            else if (i > 0 && KindOf(text[i]) != KindOf(text[i - 1]))
            {
                wordStart = i;
            }
        }

        return tokens + CountPiece(text[start..]);
    }

    // What the encodings' own patterns keep together: letters and digits, blanks, and all else.
    private static int KindOf(char c) => char.IsLetterOrDigit(c) ? 0 : char.IsWhiteSpace(c) ? 1 : 2;

    private int CountPiece(ReadOnlySpan<char> text) =>
        text.IsEmpty ? 0 : _tokenizer.Value.CountTokens(text, considerPreTokenization: true, considerNormalization: false);
}
