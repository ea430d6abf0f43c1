namespace ProxyCluster.Core.Condensation;

/// <summary>How alike two words are by their letters, so that <c>counsel</c> finds <c>counselor</c> in any language that inflects.</summary>
internal static class TermKinship
{
    private const int Gram = 4;
    private const int ShortestWord = 4;
    private const int SharedBeginning = 5;
    private const double OfSharedBeginning = 0.7;

    /// <summary>The Dice coefficient of the words' runs of four characters, their edges marked; 0.7 at least where they begin alike.</summary>
    /// <returns>0, unlike, to 1, the same; 0 for words under four letters.</returns>
    public static double Of(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length < ShortestWord || b.Length < ShortestWord)
        {
            return 0;
        }

        // With edges marked a word of n letters has n − 1 runs of four among n + 2 characters.
        Span<char> marked = stackalloc char[TextScanner.LongestTerm + 2];
        Span<char> other = stackalloc char[TextScanner.LongestTerm + 2];
        var first = Mark(a, marked);
        var second = Mark(b, other);
        var shared = 0;
        for (var i = 0; i + Gram <= second.Length; i++)
        {
            if (first.IndexOf(second.Slice(i, Gram)) >= 0)
            {
                shared++;
            }
        }

        var dice = 2.0 * shared / (first.Length + second.Length - (2 * (Gram - 1)));
        var beginsAlike = a.Length >= SharedBeginning && b.Length >= SharedBeginning && a[..SharedBeginning].SequenceEqual(b[..SharedBeginning]);
        return Math.Min(1, beginsAlike ? Math.Max(dice, OfSharedBeginning) : dice);
    }

    private static ReadOnlySpan<char> Mark(ReadOnlySpan<char> word, Span<char> buffer)
    {
        buffer[0] = '^';
        word.CopyTo(buffer[1..]);
        buffer[word.Length + 1] = '$';
        return buffer[..(word.Length + 2)];
    }
}
