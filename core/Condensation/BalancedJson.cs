namespace ProxyCluster.Core.Condensation;

/// <summary>Finds where a JSON object or array in a text ends, so that none is cut in half.</summary>
internal static class BalancedJson
{
    private const int UsualDepth = 128;

    /// <summary>The index after its closing bracket; 0: it does not close, or is no JSON by its brackets and strings.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="start">Where a bracket opens.</param>
    /// <param name="allowance">Characters that may still be looked at: a text of nothing but opening brackets would else take the square of its length.</param>
    public static int EndOf(ReadOnlySpan<char> text, int start, ref int allowance)
    {
        Span<char> open = stackalloc char[UsualDepth];
        var depth = 0;
        for (var i = start; i < text.Length && allowance > 0; i++, allowance--)
        {
            switch (text[i])
            {
                case '{' or '[':
                    if (depth == open.Length)
                    {
                        open = Larger(open);
                    }

                    open[depth++] = text[i];
                    break;
                case '}' or ']':
                    if (open[--depth] != (text[i] == '}' ? '{' : '['))
                    {
                        return 0;
                    }

                    if (depth == 0)
                    {
                        return i + 1;
                    }

                    break;
                case '"':
                    var end = EndOfString(text, i);
                    if (end < 0)
                    {
                        allowance -= ~end - i;
                        return 0;
                    }

                    allowance -= end - i;
                    i = end;
                    break;
                default:
                    break;
            }
        }

        return 0;
    }

    private static Span<char> Larger(ReadOnlySpan<char> open)
    {
        var larger = new char[open.Length * 4];
        open.CopyTo(larger);
        return larger;
    }

    // The index of its closing quote; the complement of where the line or the text ends without one.
    private static int EndOfString(ReadOnlySpan<char> text, int quote)
    {
        for (var i = quote + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i;
            }
            else if (text[i] == '\n')
            {
                return ~i;
            }
        }

        return ~text.Length;
    }
}
