namespace ProxyCluster.Core.Condensation;

/// <summary>
/// How much each passage has to do with a query: BM25 (Robertson and Zaragoza 2009) with rarity to a power, so that words which
/// say little count for nothing in any language; kin of the query's words count less than the words; and a passage takes a
/// part of what stands around it, because answers follow questions.
/// </summary>
internal static class Relevance
{
    private const double Saturation = 1.2;
    private const double LengthShare = 0.75;
    private const int MostTerms = 48;
    private const int LongestQuery = 16_384;

    /// <summary>Scores every passage; 0 where nothing near it has a word of the query.</summary>
    /// <param name="index">The passages.</param>
    /// <param name="asked">From <see cref="WeighTerms"/>.</param>
    /// <param name="weights">How much each sign counts.</param>
    public static double[] Of(LexicalIndex index, ReadOnlySpan<double> asked, HybridWeights weights)
    {
        var scores = new double[index.Passages];
        for (var passage = 0; passage < scores.Length; passage++)
        {
            scores[passage] = Bm25(index, passage, asked);
        }

        var ((b1, b2, b3), (a1, a2, a3)) = (weights.FromBefore, weights.FromAfter);
        return Spread(scores, [b1, b2, b3], [a1, a2, a3]);
    }

    /// <summary>The weight of each of the index's terms for a query; 0: none.</summary>
    /// <param name="index">The passages.</param>
    /// <param name="query">What is looked for. Of a long one the rarest words count.</param>
    /// <param name="weights">How much each sign counts.</param>
    /// <param name="givenUp">Ends it.</param>
    public static double[] WeighTerms(LexicalIndex index, ReadOnlySpan<char> query, HybridWeights weights, CancellationToken givenUp)
    {
        var asked = TermsOf(index, query);
        var beginnings = 0UL;
        foreach (var term in asked)
        {
            beginnings |= 1UL << (term[0] & 63);
        }

        var weighed = new double[index.Terms];
        for (var term = 0; term < weighed.Length; term++)
        {
            givenUp.ThrowIfCancellationRequested();
            var known = index.Vocabulary[term];
            if ((beginnings & (1UL << (known[0] & 63))) != 0 && Kinship(asked, known, weights) is > 0 and var kinship)
            {
                weighed[term] = kinship * Math.Pow(index.Rarity(term), weights.RelevanceRarity);
            }
        }

        return weighed;
    }

    /// <summary>The BM25 score of a passage by terms that are weighed already.</summary>
    public static double Bm25(LexicalIndex index, int passage, ReadOnlySpan<double> asked)
    {
        var damping = Saturation * (1 - LengthShare + (LengthShare * index.LengthOf(passage) / Math.Max(1, index.AverageLength)));
        var score = 0.0;
        foreach (var (term, times) in index.Of(passage))
        {
            if (asked[term] > 0)
            {
                score += asked[term] * times * (Saturation + 1) / (times + damping);
            }
        }

        return score;
    }

    // Each word of the query is compared with the whole vocabulary: a stranger must not choose how many there are.
    private static List<string> TermsOf(LexicalIndex index, ReadOnlySpan<char> query)
    {
        var terms = new Dictionary<string, double>(StringComparer.Ordinal);
        var scanner = new TextScanner(query[..Math.Min(query.Length, LongestQuery)], stackalloc char[TextScanner.LongestTerm]);
        while (scanner.Read())
        {
            if (!index.KindOf(scanner.Term).Has(WordKind.Stop))
            {
                var known = index.Vocabulary.Find(scanner.Term);
                terms[scanner.Term.ToString()] = known < 0 ? double.MaxValue : index.Rarity(known);
            }
        }

        return [.. terms.OrderByDescending(term => term.Value).ThenBy(term => term.Key, StringComparer.Ordinal).Take(MostTerms).Select(term => term.Key)];
    }

    private static double Kinship(List<string> asked, ReadOnlySpan<char> known, HybridWeights weights)
    {
        var best = 0.0;
        foreach (var term in asked)
        {
            if (term[0] != known[0])
            {
                continue;
            }

            if (known.SequenceEqual(term))
            {
                return 1;
            }

            var kinship = TermKinship.Of(term, known);
            best = kinship >= weights.LeastKinship ? Math.Max(best, weights.Kin * kinship) : best;
        }

        return best;
    }

    private static double[] Spread(ReadOnlySpan<double> scores, ReadOnlySpan<double> fromBefore, ReadOnlySpan<double> fromAfter)
    {
        var spread = new double[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            spread[i] = scores[i];
            for (var d = 1; d <= fromBefore.Length; d++)
            {
                spread[i] += i - d >= 0 ? fromBefore[d - 1] * scores[i - d] : 0;
                spread[i] += i + d < scores.Length ? fromAfter[d - 1] * scores[i + d] : 0;
            }
        }

        return spread;
    }
}
