using System.Globalization;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Cuts text into sentences by the rules that matter of Unicode's sentence boundaries (UAX #29), whatever the language, and
/// keeps fenced code and JSON in one piece.
/// </summary>
internal static class TextSegments
{
    private const int LongClause = 24;
    private const int LongestIndent = 64;

    /// <summary>The pieces in order. They hold everything but the blanks between them.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="segments">Takes the pieces.</param>
    /// <param name="givenUp">Ends it at the next piece.</param>
    public static void Cut(ReadOnlySpan<char> text, List<TextSegment> segments, CancellationToken givenUp = default)
    {
        var at = 0;
        var allowance = Math.Max(text.Length, 1024) * 4;
        while (true)
        {
            givenUp.ThrowIfCancellationRequested();
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                return;
            }

            var isLineStart = IsLineStart(text, at);
            var end = isLineStart ? CodeFences.EndOf(text, at) : 0;
            if (end > 0)
            {
                segments.Add(new TextSegment(at, TrimEnd(text, at, end), SegmentKind.Code));
            }
            else if (text[at] is '{' or '[' && isLineStart && (end = BalancedJson.EndOf(text, at, ref allowance)) > 0)
            {
                segments.Add(new TextSegment(at, end, SegmentKind.Data));
            }
            else
            {
                end = EndOfSentence(text, at, ref allowance);
                segments.Add(new TextSegment(at, TrimEnd(text, at, end), SegmentKind.Sentence));
            }

            at = end;
        }
    }

    private static bool IsLineStart(ReadOnlySpan<char> text, int at)
    {
        while (at > 0 && text[at - 1] is ' ' or '\t')
        {
            at--;
        }

        return at == 0 || text[at - 1] is '\n' or '\r';
    }

    private static int EndOfSentence(ReadOnlySpan<char> text, int start, ref int allowance)
    {
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                if (EndsAtLineBreak(text, i))
                {
                    return i + 1;
                }
            }
            else if (c == ' ')
            {
                if (i - start >= LongClause && EndsClause(text, i))
                {
                    return i + 1;
                }
            }
            else if (c is '{' or '[' && BeginsJson(text, i) && BalancedJson.EndOf(text, i, ref allowance) is > 0 and var close)
            {
                i = close - 1;
            }
            else if (IsTerminator(c))
            {
                var end = AfterClosers(text, i + 1);
                if (Ends(text, start, i, end))
                {
                    return end;
                }

                i = end - 1;
            }
        }

        return text.Length;
    }

    // Inside a sentence a bracket may be anything; JSON goes on with a string, an array with any value.
    private static bool BeginsJson(ReadOnlySpan<char> text, int bracket)
    {
        var inside = text[(bracket + 1)..Math.Min(text.Length, bracket + LongestIndent)].TrimStart();
        return !inside.IsEmpty && (inside[0] == '"' || (text[bracket] == '[' && BeginsValue(inside)));
    }

    private static bool BeginsValue(ReadOnlySpan<char> text) =>
        text[0] is '{' or '[' or '-' || char.IsAsciiDigit(text[0]) || text.StartsWith("true") || text.StartsWith("false") || text.StartsWith("null");

    // Thai, Lao and Khmer have no mark for a sentence's end: a blank stands there, and between clauses.
    private static bool EndsClause(ReadOnlySpan<char> text, int blank) =>
        IsUnmarked(text[blank - 1]) && blank + 1 < text.Length && IsUnmarked(text[blank + 1]);

    private static bool IsUnmarked(char c) => c is (>= '\u0E00' and <= '\u0EFF') or (>= '\u1780' and <= '\u17FF');

    // A line ends where an empty one, a heading, an item, a fence or JSON follows, or one that begins just as itself (a log, a
    // table); else it is wrapped prose, and a number, a dash or a word in backticks goes on with it.
    private static bool EndsAtLineBreak(ReadOnlySpan<char> text, int lineBreak)
    {
        var next = AfterBlanks(text, lineBreak + 1);
        return next >= text.Length || text[next] is '\n' or '\r' || BlockStarts.At(text, next) || BeginsBracket(text, next) || BeginsAlike(text, lineBreak, next);
    }

    private static bool BeginsBracket(ReadOnlySpan<char> text, int at) =>
        text[at] is '{' or '[' && (BeginsJson(text, at) || AfterBlanks(text, at + 1) is var after && (after >= text.Length || text[after] is '\n' or '\r'));

    private static bool BeginsAlike(ReadOnlySpan<char> text, int lineBreak, int next)
    {
        var line = AfterBlanks(text, text[..lineBreak].LastIndexOf('\n') + 1);
        return line < lineBreak && !char.IsLetter(text[next]) && (text[line] == text[next] || (char.IsDigit(text[line]) && char.IsDigit(text[next])));
    }

    private static int AfterBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }

    private static bool IsTerminator(char c) =>
        c is '.' or '!' or '?' or '\u2026' or '\u3002' or '\uFF01' or '\uFF1F' or '\uFF61' or '\u061F' or '\u06D4' or '\u0964' or '\u0965' or '\u1362' or '\u1367' or '\u104B' or '\u17D4' or '\u17D5';

    private static int AfterClosers(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && (IsTerminator(text[at]) || text[at] is '"' or '\'' or ')' or ']'
            || CharUnicodeInfo.GetUnicodeCategory(text[at]) is UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.ClosePunctuation))
        {
            at++;
        }

        return at;
    }

    private static bool Ends(ReadOnlySpan<char> text, int start, int terminator, int end)
    {
        if (end == text.Length)
        {
            return true;
        }

        // Scripts with marks of their own set no blank after them.
        if (text[terminator] > '\u2026' || text[terminator] is '\u061F' or '\u06D4' or '\u0964' or '\u0965' or '\u1362' or '\u1367' or '\u104B' or '\u17D4' or '\u17D5')
        {
            return true;
        }

        if (!char.IsWhiteSpace(text[end]))
        {
            return false;
        }

        if (text[terminator] != '.')
        {
            return true;
        }

        var next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
        {
            next++;
        }

        return next == text.Length || !(char.IsLower(text[next]) || Abbreviations.EndAt(text, start, terminator, next));
    }

    private static int TrimEnd(ReadOnlySpan<char> text, int start, int end)
    {
        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }
}
