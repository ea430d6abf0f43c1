using System.Collections.Frozen;

namespace ProxyCluster.Core.Condensation;

/// <summary>What is known of one language, by terms as <see cref="TextScanner"/> reads them: enough to tell it, its numbers in words and its denials.</summary>
public sealed class LanguageWords
{
    /// <summary>Gathers the words of a language.</summary>
    /// <param name="stop">Say too little to be looked for: they tell the language.</param>
    /// <param name="numbers">Numbers in words.</param>
    /// <param name="denials">Say that something is not so.</param>
    public LanguageWords(IEnumerable<string> stop, IEnumerable<string> numbers, IEnumerable<string> denials) =>
        (Stop, Numbers, Denials) = (TermsOf(stop), TermsOf(numbers), TermsOf(denials));

    /// <summary>By these a text's language is known.</summary>
    internal FrozenSet<string> Stop { get; }

    /// <summary>Numbers.</summary>
    internal FrozenSet<string> Numbers { get; }

    /// <summary>Denials.</summary>
    internal FrozenSet<string> Denials { get; }

    /// <summary>The language that a text is in; <see langword="null"/>: none that is known.</summary>
    /// <param name="text">Of a long one the beginning tells.</param>
    /// <param name="languages">Those that are known.</param>
    internal static LanguageWords? Of(ReadOnlySpan<char> text, IReadOnlyList<LanguageWords> languages)
    {
        const double LeastShare = 0.2;
        const int MostTerms = 4096;
        Span<int> found = stackalloc int[Math.Min(languages.Count, 64)];
        found.Clear();
        var scanner = new TextScanner(text, stackalloc char[TextScanner.LongestTerm]);
        var terms = 0;
        while (terms < MostTerms && scanner.Read())
        {
            terms++;
            for (var i = 0; i < found.Length; i++)
            {
                found[i] += languages[i].Stop.GetAlternateLookup<ReadOnlySpan<char>>().Contains(scanner.Term) ? 1 : 0;
            }
        }

        var best = -1;
        for (var i = 0; i < found.Length; i++)
        {
            best = found[i] >= LeastShare * terms && found[i] > 0 && (best < 0 || found[i] > found[best]) ? i : best;
        }

        return best < 0 ? null : languages[best];
    }

    private static FrozenSet<string> TermsOf(IEnumerable<string> words)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        Span<char> buffer = stackalloc char[TextScanner.LongestTerm];
        foreach (var word in words)
        {
            var scanner = new TextScanner(word, buffer);
            while (scanner.Read())
            {
                terms.Add(scanner.Term.ToString());
            }
        }

        return terms.ToFrozenSet(StringComparer.Ordinal);
    }
}
