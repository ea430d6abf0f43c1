using System.Globalization;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Cuts text into terms to compare by: runs of letters, marks and digits in lower case, without common endings; where a script
/// sets no blanks between words, pairs of characters. Allocates nothing but what its caller keeps.
/// </summary>
internal ref struct TextScanner(ReadOnlySpan<char> text, Span<char> buffer)
{
    /// <summary>Characters of a term at most; what is longer is cut.</summary>
    public const int LongestTerm = 64;

    private const char FirstUnspaced = '\u0E00';

    private readonly ReadOnlySpan<char> _text = text;
    private readonly Span<char> _buffer = buffer;
    private int _at;
    private char _before;

    /// <summary>The term that was read.</summary>
    public ReadOnlySpan<char> Term { get; private set; }

    /// <summary>Where it begins in the text.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends in the text.</summary>
    public readonly int End => _at;

    /// <summary>Goes to the next term.</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    public bool Read()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c >= FirstUnspaced && IsUnspaced(c))
            {
                if (TryReadPair(c))
                {
                    return true;
                }

                continue;
            }

            _before = '\0';
            if (IsWordCharacter(c))
            {
                ReadWord();
                return true;
            }

            _at++;
        }

        return false;
    }

    /// <summary>Whether a character is of a script that is written without blanks: Han and kana; Thai, Lao, Khmer, Burmese.</summary>
    public static bool IsUnspaced(char c) =>
        c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= FirstUnspaced and <= '\u0EFF') or (>= '\u1780' and <= '\u17FF') or (>= '\u1000' and <= '\u109F');

    private static bool IsWordCharacter(char c) => c < '\u0080'
        ? char.IsAsciiLetterOrDigit(c) || c == '_'
        : char.IsLetterOrDigit(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private bool TryReadPair(char c)
    {
        var before = _before;
        Start = before == '\0' ? _at : _at - 1;
        _before = c;
        _at++;
        if (before == '\0')
        {
            var isAlone = _at >= _text.Length || !IsUnspaced(_text[_at]);
            _buffer[0] = c;
            Term = _buffer[..1];
            return isAlone;
        }

        _buffer[0] = before;
        _buffer[1] = c;
        Term = _buffer[..2];
        return true;
    }

    private void ReadWord()
    {
        Start = _at;
        var length = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (!IsWordCharacter(c) || (c >= FirstUnspaced && IsUnspaced(c)))
            {
                break;
            }

            if (length < LongestTerm)
            {
                _buffer[length++] = char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c < '\u0080' ? c : char.ToLowerInvariant(c);
            }

            _at++;
        }

        Term = Stemmer.Shorten(_buffer[..length]);
    }
}
