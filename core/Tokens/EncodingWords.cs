namespace ProxyCluster.Core.Tokens;

/// <summary>
/// Cuts text as the patterns of o200k_base and cl100k_base cut it, character by character. What hardly any text has, it leaves
/// to the library: a long s after an apostrophe, and letters that are no ASCII after an apostrophe with an l, an r or a v.
/// </summary>
/// <param name="isO200k">Whether a word ends before a capital that follows a small letter, takes accents with its letters, and slashes after its marks' line breaks.</param>
internal readonly struct EncodingWords(bool isO200k)
{
    private const int LongestWord = 512;
    private const int LongestNumber = 3;
    private const char LongS = '\u017F';

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
        var kind = CharacterKinds.Of(text[at]);
        var end = IsOfWord(kind) ? EndOfLetters(text, at)
            : kind == CharacterKind.Number ? EndOfNumber(text, at)
            : text[at] == '\'' && !isO200k && LengthOfEnding(text, at) is not 0 and var ending ? (ending < 0 ? 0 : at + ending)
            : EndAfterOther(text, at, kind);
        return end - at is > 0 and var length && (length <= LongestWord || EastAsian.Is(text[end - 1])) ? length : 0;
    }

    /// <summary>How much from here on the library must see together: to the end of a word that nothing can prolong.</summary>
    public static int LengthOfRest(ReadOnlySpan<char> text, int at)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (CharacterKinds.Of(text[i - 1]) > CharacterKind.Mark && CharacterKinds.Of(text[i]) < CharacterKind.Mark && text[i] != '\'')
            {
                return i - at;
            }
        }

        return text.Length - at;
    }

    private bool IsOfWord(CharacterKind kind) => kind > CharacterKind.Mark || (kind == CharacterKind.Mark && isO200k);

    private int EndAfterOther(ReadOnlySpan<char> text, int at, CharacterKind kind)
    {
        if (kind != CharacterKind.Break && at + 1 < text.Length)
        {
            // One character that is neither letter nor number nor line break goes with the letters after it, a blank with marks.
            var next = CharacterKinds.Of(text[at + 1]);
            if (IsOfWord(next))
            {
                return EndOfLetters(text, at + 1);
            }

            if (text[at] == ' ' && next is CharacterKind.Other or CharacterKind.Mark)
            {
                return EndOfMarks(text, at + 1);
            }
        }

        return kind is CharacterKind.Blank or CharacterKind.Break ? EndOfBlanks(text, at) : EndOfMarks(text, at);
    }

    private int EndOfLetters(ReadOnlySpan<char> text, int at)
    {
        var end = isO200k ? EndOfCasedLetters(text, at) : EndOfAnyLetters(text, at);
        return !isO200k ? end : LengthOfEnding(text, end) is >= 0 and var ending ? end + ending : 0;
    }

    // "'s" and its like: a part of the word before it in o200k_base, a word of its own in cl100k_base. -1: not sure.
    private static int LengthOfEnding(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length || text[at] != '\'')
        {
            return 0;
        }

        // The one letter beyond ASCII that a pattern may take for one of these.
        if (text[at + 1] == LongS)
        {
            return -1;
        }

        var second = at + 2 < text.Length ? (char)(text[at + 2] | 0x20) : '\0';
        return (char)(text[at + 1] | 0x20) switch
        {
            's' or 't' or 'm' or 'd' => 2,
            'l' when second == 'l' => 3,
            'r' or 'v' when second == 'e' => 3,
            'l' or 'r' or 'v' when second >= '\u0080' => -1,
            _ => 0,
        };
    }

    private static int EndOfAnyLetters(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && CharacterKinds.Of(text[at]) > CharacterKind.Mark)
        {
            at++;
        }

        return at;
    }

    // Capitals, then small letters; what has no case is either. A word must end with one that is no capital, if it has any.
    private static int EndOfCasedLetters(ReadOnlySpan<char> text, int at)
    {
        var (end, uncased) = (at, -1);
        while (end < text.Length && CharacterKinds.Of(text[end]) is CharacterKind.Upper or CharacterKind.Letter or CharacterKind.Mark)
        {
            uncased = CharacterKinds.Of(text[end]) == CharacterKind.Upper ? uncased : end;
            end++;
        }

        if (end == text.Length || CharacterKinds.Of(text[end]) != CharacterKind.Lower)
        {
            return uncased < 0 ? end : uncased + 1;
        }

        while (end < text.Length && CharacterKinds.Of(text[end]) is CharacterKind.Lower or CharacterKind.Letter or CharacterKind.Mark)
        {
            end++;
        }

        return end;
    }

    private static int EndOfNumber(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + LongestNumber && CharacterKinds.Of(text[end]) == CharacterKind.Number)
        {
            end++;
        }

        return end;
    }

    // Line breaks go with the blanks before them. Of several blanks without one the last goes with what follows.
    private static int EndOfBlanks(ReadOnlySpan<char> text, int at)
    {
        var (end, breaks) = (at, 0);
        while (end < text.Length && CharacterKinds.Of(text[end]) is var kind and (CharacterKind.Blank or CharacterKind.Break))
        {
            end++;
            breaks = kind == CharacterKind.Break ? end : breaks;
        }

        return breaks > 0 ? breaks : end == text.Length || end - at == 1 ? end : end - 1;
    }

    // Marks and the line breaks after them; in o200k_base slashes among these too.
    private int EndOfMarks(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && CharacterKinds.Of(text[end]) is CharacterKind.Other or CharacterKind.Mark)
        {
            end++;
        }

        while (end < text.Length && (CharacterKinds.Of(text[end]) == CharacterKind.Break || (text[end] == '/' && isO200k)))
        {
            end++;
        }

        return end;
    }
}
