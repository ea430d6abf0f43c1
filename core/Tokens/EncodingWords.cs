namespace ProxyCluster.Core.Tokens;

/// <summary>
/// Cuts plain ASCII as the patterns of o200k_base and cl100k_base cut it, as far as both and every published form of them
/// agree. What it is not sure of it leaves to the library.
/// </summary>
/// <param name="splitsAtCapitals">Whether a word ends before a capital that follows a small letter (o200k_base).</param>
internal readonly struct EncodingWords(bool splitsAtCapitals)
{
    private const int LongestWord = 512;

    /// <summary>How much of a text holds nothing that looks like a special token: these are cut in two, so that they count as text.</summary>
    public static int LengthOfPlainPart(ReadOnlySpan<char> text)
    {
        var mark = text.IndexOf("<|");
        return mark < 0 ? text.Length : mark + 1;
    }

    /// <summary>The length of the word that the pattern finds here; 0: not sure.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where a word begins.</param>
    public int LengthAt(ReadOnlySpan<char> text, int at)
    {
        var c = text[at];
        var next = at + 1 < text.Length ? text[at + 1] : '\0';
        int end;
        if (char.IsAsciiLetter(c))
        {
            end = EndOfLetters(text, at);
        }
        else if (char.IsAsciiDigit(c))
        {
            end = EndOfDigits(text, at);
        }
        else if (c is <= '\0' or >= '\u007F' or '\'' or '\r')
        {
            return 0;
        }
        else if (c == '\n')
        {
            end = EndOfLines(text, at);
        }
        else if (char.IsAsciiLetter(next))
        {
            // One character that is neither letter nor digit nor line break goes with the letters after it.
            end = EndOfLetters(text, at + 1);
        }
        else
        {
            end = c == ' ' ? EndAfterBlank(text, at) : c < ' ' ? 0 : EndOfMarks(text, at);
        }

        return end - at is > 0 and <= LongestWord ? end - at : 0;
    }

    /// <summary>How much from here on the library must see together: to the end of a word that nothing can prolong.</summary>
    public static int LengthOfRest(ReadOnlySpan<char> text, int at)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (char.IsAsciiLetter(text[i - 1]) && text[i] < '\u0080' && !char.IsAsciiLetter(text[i]) && text[i] != '\'')
            {
                return i - at;
            }
        }

        return text.Length - at;
    }

    private int EndOfLetters(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsAsciiLetterUpper(text[end]))
        {
            end++;
        }

        while (end < text.Length && char.IsAsciiLetterLower(text[end]))
        {
            end++;
        }

        if (end < text.Length && char.IsAsciiLetterUpper(text[end]))
        {
            if (splitsAtCapitals)
            {
                return end;
            }

            while (end < text.Length && char.IsAsciiLetter(text[end]))
            {
                end++;
            }
        }

        // A letter with an accent or a mark of its own would prolong it, and so would the end of "it's".
        return end < text.Length && text[end] is '\'' or >= '\u0080' ? 0 : end;
    }

    // Three digits at a time.
    private static int EndOfDigits(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + 3 && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end < text.Length && text[end] >= '\u0080' ? 0 : end;
    }

    // Line breaks are one word, as long as no further one follows after blanks.
    private static int EndOfLines(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && text[end] == '\n')
        {
            end++;
        }

        return IsSolid(text, EndOfBlanks(text, end)) ? end : 0;
    }

    // Of several blanks the last goes with what follows, unless that is a digit.
    private static int EndAfterBlank(ReadOnlySpan<char> text, int at)
    {
        var end = EndOfBlanks(text, at);
        if (!IsSolid(text, end))
        {
            return 0;
        }

        if (end - at > 1)
        {
            return end - 1;
        }

        return char.IsAsciiDigit(text[end]) ? end : EndOfMarks(text, end);
    }

    // Marks and the line breaks after them. After these o200k_base would take slashes too.
    private static int EndOfMarks(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && text[end] is > ' ' and < '\u007F' && !char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        var marks = end;
        while (end < text.Length && text[end] == '\n')
        {
            end++;
        }

        var isSure = end == text.Length || (text[end] is > '\0' and < '\u007F' and not '\r' && (end == marks || text[end] != '/'));
        return isSure ? end : 0;
    }

    private static int EndOfBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        return at;
    }

    private static bool IsSolid(ReadOnlySpan<char> text, int at) => at < text.Length && text[at] is > ' ' and < '\u007F';
}
