namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Takes the most common English endings off, so that <c>painted</c>, <c>painting</c> and <c>paints</c> meet. Words of other
/// languages mostly pass unchanged; they meet by their beginnings (<see cref="TermKinship"/>).
/// </summary>
internal static class Stemmer
{
    /// <summary>The word without its ending.</summary>
    /// <param name="word">In lower case; its end may be overwritten.</param>
    public static ReadOnlySpan<char> Shorten(Span<char> word)
    {
        if (word.Length > 4 && word.EndsWith("ies"))
        {
            word[^3] = 'y';
            return word[..^2];
        }

        if (word.Length > 5 && word.EndsWith("ing"))
        {
            return WithoutEnding(word[..^3]);
        }

        if (word.Length > 4 && word.EndsWith("ed"))
        {
            return WithoutEnding(word[..^2]);
        }

        return WithoutE(word.Length > 3 && word[^1] == 's' && word[^2] != 's' ? word[..^1] : word);
    }

    private static ReadOnlySpan<char> WithoutEnding(ReadOnlySpan<char> stem) =>
        WithoutE(stem.Length > 3 && stem[^1] == stem[^2] ? stem[..^1] : stem);

    private static ReadOnlySpan<char> WithoutE(ReadOnlySpan<char> stem) => stem.Length > 4 && stem[^1] == 'e' ? stem[..^1] : stem;
}
