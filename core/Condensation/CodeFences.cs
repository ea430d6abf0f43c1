namespace ProxyCluster.Core.Condensation;

/// <summary>Finds fenced code as CommonMark has it: three or more backticks or tildes at a line's start, closed by at least as many.</summary>
internal static class CodeFences
{
    /// <summary>Marks in a row that make a fence.</summary>
    public const int ShortestFence = 3;

    /// <summary>The end of the block that begins here, the closing line included; the text's end where nothing closes it; 0: none begins here.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="start">The first character of a line that is no blank.</param>
    public static int EndOf(ReadOnlySpan<char> text, int start)
    {
        var mark = text[start];
        var fence = mark is '`' or '~' ? RunOf(text, start) : 0;
        if (fence < ShortestFence)
        {
            return 0;
        }

        var line = NextLine(text, start);
        while (line < text.Length)
        {
            var first = line;
            while (first < text.Length && text[first] is ' ' or '\t')
            {
                first++;
            }

            var next = NextLine(text, line);
            if (first < text.Length && text[first] == mark && RunOf(text, first) is var run && run >= fence && text[(first + run)..next].IsWhiteSpace())
            {
                return next;
            }

            line = next;
        }

        return text.Length;
    }

    /// <summary>The language that the opening line names; empty: none.</summary>
    /// <param name="block">A fenced block.</param>
    public static ReadOnlySpan<char> LanguageOf(ReadOnlySpan<char> block)
    {
        var information = block[RunOf(block, 0)..NextLine(block, 0)].Trim();
        var end = information.IndexOfAny(" \t{,");
        return end < 0 ? information : information[..end];
    }

    /// <summary>How often the character at a place stands there in a row.</summary>
    public static int RunOf(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end < text.Length && text[end] == text[start])
        {
            end++;
        }

        return end - start;
    }

    private static int NextLine(ReadOnlySpan<char> text, int at)
    {
        var length = text[at..].IndexOf('\n');
        return length < 0 ? text.Length : at + length + 1;
    }
}
