using System.Buffers;

namespace ProxyCluster.Core.Condensation;

/// <summary>Full stops that end no sentence, told by their form and not by a list of any language's.</summary>
internal static class Abbreviations
{
    private const int LongestOrdinal = 2;
    private const int LongestTitle = 3;

    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouyAEIOUY");

    /// <summary>Whether a full stop belongs to an initial, an abbreviation or an ordinal number.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="start">Where its sentence begins.</param>
    /// <param name="stop">The full stop.</param>
    /// <param name="next">What follows it, after blanks.</param>
    public static bool EndAt(ReadOnlySpan<char> text, int start, int stop, int next)
    {
        var first = stop;
        while (first > start && char.IsLetterOrDigit(text[first - 1]))
        {
            first--;
        }

        var word = text[first..stop];
        if (word.IsEmpty)
        {
            return false;
        }

        // "5. Mai", "1. Do this": the number says which, and what it is of follows.
        if (char.IsAsciiDigit(word[0]))
        {
            return word.Length <= LongestOrdinal && char.IsLetter(text[next]) && !word.ContainsAnyExceptInRange('0', '9');
        }

        // "J.", "e.g.": one letter.
        if (word.Length == 1)
        {
            return char.IsUpper(word[0]) || (first > start && text[first - 1] == '.');
        }

        // "Dr.", "St.", "No.": at a sentence's beginning a short word with a vowel is a sentence of its own.
        return word.Length <= LongestTitle && char.IsUpper(word[0]) && (IsInside(text[start..first]) || !word.ContainsAny(Vowels));
    }

    private static bool IsInside(ReadOnlySpan<char> before)
    {
        foreach (var c in before)
        {
            if (char.IsLetterOrDigit(c))
            {
                return true;
            }
        }

        return false;
    }
}
