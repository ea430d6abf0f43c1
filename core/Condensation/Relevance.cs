namespace ProxyCluster.Core.Condensation;

/// <summary>
/// How much each passage has to do with a query: BM25 (Robertson and Zaragoza 2009) with rarity squared, so that words which
/// say little count for nothing in any language; kin of the query's words count less than the words; and a passage takes a
/// part of what stands around it, because answers follow questions.
/// </summary>
internal static class Relevance
{
    private const double Saturation = 1.2;
    private const double LengthShare = 0.75;
    private const double LeastKinship = 0.5;
    private const double OfKin = 0.8;
    private const int MostTerms = 48;
    private const int LongestQuery = 16_384;

    // What a passage takes of those before and after it. Found on odd-numbered questions of long dialogues.
    private static readonly double[] FromBefore = [0.7, 0.4, 0.2];
    private static readonly double[] FromAfter = [0.4, 0.3, 0.2];

    /// <summary>Scores every passage; 0 where nothing near it has a word of the query.</summary>
    /// <param name="index">The passages.</param>
    /// <param name="weights">From <see cref="WeighTerms"/>.</param>
    public static double[] Of(LexicalIndex index, ReadOnlySpan<double> weights)
    {
        var scores = new double[index.Passages];
        for (var passage = 0; passage < scores.Length; passage++)
        {
            scores[passage] = Bm25(index, passage, weights);
        }

        return Spread(scores);
    }

    /// <summary>The weight of each of the index's terms for a query; 0: none.</summary>
    /// <param name="index">The passages.</param>
    /// <param name="query">What is looked for. Of a long one the rarest words count.</param>
    /// <param name="words">Which words say too little.</param>
    public static double[] WeighTerms(LexicalIndex index, ReadOnlySpan<char> query, CondensationWords words)
    {
        var weights = new double[index.Terms];
        foreach (var asked in TermsOf(index, query, words))
        {
            for (var term = 0; term < weights.Length; term++)
            {
                var kinship = Kinship(asked, index.Vocabulary[term]);
                if (kinship > 0)
                {
                    var rarity = index.Rarity(term);
                    weights[term] = Math.Max(weights[term], kinship * rarity * rarity);
                }
            }
        }

        return weights;
    }

    /// <summary>The BM25 score of a passage by terms that are weighed already.</summary>
    public static double Bm25(LexicalIndex index, int passage, ReadOnlySpan<double> weights)
    {
        var damping = Saturation * (1 - LengthShare + (LengthShare * index.LengthOf(passage) / Math.Max(1, index.AverageLength)));
        var score = 0.0;
        foreach (var (term, times) in index.Of(passage))
        {
            if (weights[term] > 0)
            {
                score += weights[term] * times * (Saturation + 1) / (times + damping);
            }
        }

        return score;
    }

    // Each word of the query is compared with the whole vocabulary: a stranger must not choose how many there are.
    private static IEnumerable<string> TermsOf(LexicalIndex index, ReadOnlySpan<char> query, CondensationWords words)
    {
        var stop = words.Stop.GetAlternateLookup<ReadOnlySpan<char>>();
        var terms = new Dictionary<string, double>(StringComparer.Ordinal);
        Span<char> buffer = stackalloc char[TextScanner.LongestTerm];
        var scanner = new TextScanner(query[..Math.Min(query.Length, LongestQuery)], buffer);
        while (scanner.Read())
        {
            if (!stop.Contains(query[scanner.Start..scanner.End]))
            {
                var known = index.Vocabulary.Find(scanner.Term);
                terms[scanner.Term.ToString()] = known < 0 ? double.MaxValue : index.Rarity(known);
            }
        }

        return terms.OrderByDescending(term => term.Value).ThenBy(term => term.Key, StringComparer.Ordinal).Take(MostTerms).Select(term => term.Key);
    }

    private static double Kinship(string asked, string known)
    {
        if (asked[0] != known[0])
        {
            return 0;
        }

        return asked == known ? 1 : TermKinship.Of(asked, known) is >= LeastKinship and var kinship ? OfKin * kinship : 0;
    }

    private static double[] Spread(ReadOnlySpan<double> scores)
    {
        var spread = new double[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            spread[i] = scores[i];
            for (var d = 1; d <= FromBefore.Length; d++)
            {
                spread[i] += i - d >= 0 ? FromBefore[d - 1] * scores[i - d] : 0;
                spread[i] += i + d < scores.Length ? FromAfter[d - 1] * scores[i + d] : 0;
            }
        }

        return spread;
    }
}
