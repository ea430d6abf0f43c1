namespace ProxyCluster.Core.Condensation;

/// <summary>Tells a summary from what a model may send in its place: nothing, a flood, or words that are not the conversation's.</summary>
public static class SummaryCheck
{
    private const int MostCharacters = 64 * 1024;
    private const int StemLetters = 4;

    // Each stem may be looked for in the whole conversation: of a long summary every second one is, every third, and so on.
    private const int CharactersPerStep = 8 * 1024;

    // A fair summary repeats well over half of the stems; a model that talks of something else, or in another language, few.
    private const double LeastKnown = 0.3;

    // Scripts without spaces between words, as Chinese and Japanese: two characters are about a word.
    private const char FirstWithoutSpaces = '\u2E80';
    private const int CharactersPerWord = 2;

    /// <summary>Whether a text may stand for another: it speaks of the same, and states nothing otherwise.</summary>
    /// <param name="summary">What was written.</param>
    /// <param name="source">What it is to stand for.</param>
    /// <param name="words">What is known of languages.</param>
    /// <param name="ended">Ends the comparison.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static bool IsUsable(string summary, string source, CondensationWords words, CancellationToken ended = default)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(words);
        return SpeaksOfTheSame(summary, source, ended) && SummaryFacts.Hold(summary, source, words, ended);
    }

    private static bool SpeaksOfTheSame(string summary, string source, CancellationToken ended)
    {
        if (string.IsNullOrWhiteSpace(summary) || summary.Length > MostCharacters)
        {
            return false;
        }

        var every = 1 + (summary.Length / CharactersPerStep);
        int known = 0, all = 0, stems = 0;
        for (var start = 0; start < summary.Length;)
        {
            var length = StemAt(summary, start, out var next);
            if (length > 0 && stems++ % every == 0)
            {
                ended.ThrowIfCancellationRequested();
                all++;
                known += source.AsSpan().Contains(summary.AsSpan(start, length), StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            }

            start = next;
        }

        return all > 0 && known >= LeastKnown * all;
    }

    // The beginning of the word that stands here, so that inflected forms count as known; 0: no word of weight does.
    private static int StemAt(string text, int start, out int next)
    {
        next = start + 1;
        if (!char.IsLetterOrDigit(text[start]))
        {
            return 0;
        }

        if (text[start] >= FirstWithoutSpaces)
        {
            next = Math.Min(text.Length, start + CharactersPerWord);
            return next - start;
        }

        while (next < text.Length && char.IsLetterOrDigit(text[next]) && text[next] < FirstWithoutSpaces)
        {
            next++;
        }

        return next - start < StemLetters ? 0 : StemLetters;
    }
}
