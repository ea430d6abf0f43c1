namespace ProxyCluster.Core.Condensation;

/// <summary>Tells lines that begin a heading, an item, a quotation, a table's row or a fence, as CommonMark has them, from wrapped prose.</summary>
internal static class BlockStarts
{
    private const int LongestHeading = 6;
    private const int LongestNumber = 9;
    private const int ShortestRule = 3;

    /// <summary>Whether a line begins so.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="at">The first character of the line that is no blank.</param>
    public static bool At(ReadOnlySpan<char> text, int at) => text[at] switch
    {
        '#' => CodeFences.RunOf(text, at) is var run && run <= LongestHeading && IsBlank(text, at + run),
        '`' or '~' => CodeFences.RunOf(text, at) >= CodeFences.ShortestFence,
        _ => ItemAt(text, at) || IsRule(text, at),
    };

    /// <summary>Whether an item, a quotation or a table's row begins at a place.</summary>
    public static bool ItemAt(ReadOnlySpan<char> text, int at)
    {
        if (text[at] is '>' or '|' or '\u2022')
        {
            return true;
        }

        if (text[at] is '-' or '*' or '+')
        {
            return IsBlank(text, at + 1);
        }

        var end = at;
        while (end < text.Length && end - at <= LongestNumber && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end > at && end < text.Length && text[end] is '.' or ')' && IsBlank(text, end + 1);
    }

    private static bool IsRule(ReadOnlySpan<char> text, int at) =>
        text[at] is '-' or '*' or '_' && CodeFences.RunOf(text, at) is >= ShortestRule and var run && (at + run == text.Length || text[at + run] is '\n' or '\r');

    private static bool IsBlank(ReadOnlySpan<char> text, int at) => at >= text.Length || char.IsWhiteSpace(text[at]);
}
