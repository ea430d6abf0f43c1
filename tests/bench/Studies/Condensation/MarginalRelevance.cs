using System.Runtime.CompilerServices;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>Maximal marginal relevance (Carbonell and Goldstein 1998): turns that are relevant and unlike those that are taken already.</summary>
internal static class MarginalRelevance
{
    private static readonly ConditionalWeakTable<LexicalIndex, double[][]> Known = [];

    /// <summary>Takes turns while any fits.</summary>
    /// <param name="dialogue">Of which.</param>
    /// <param name="relevance">Of each turn; <see langword="null"/>: how like it is to all others.</param>
    /// <param name="tradeoff">What relevance counts, 0 to 1; the rest counts likeness.</param>
    /// <param name="budget">Tokens.</param>
    public static Dictionary<int, string> Of(Dialogue dialogue, double[]? relevance, double tradeoff, int budget)
    {
        var likeness = Known.GetValue(dialogue.Index, Cosines);
        relevance ??= [.. likeness.Select(row => row.Sum())];
        var most = Math.Max(relevance.Max(), 1e-9);
        var closest = new double[relevance.Length];
        var kept = new Dictionary<int, string>();
        var left = budget - MessageCost.OfConversation;
        while (true)
        {
            var best = -1;
            var highest = double.NegativeInfinity;
            for (var i = 0; i < relevance.Length; i++)
            {
                var score = (tradeoff * relevance[i] / most) - ((1 - tradeoff) * closest[i]);
                if (score > highest && dialogue.Costs[i] <= left && !kept.ContainsKey(i))
                {
                    (best, highest) = (i, score);
                }
            }

            if (best < 0)
            {
                return kept;
            }

            kept[best] = dialogue.Messages[best].Text;
            left -= dialogue.Costs[best];
            for (var i = 0; i < closest.Length; i++)
            {
                closest[i] = Math.Max(closest[i], likeness[best][i]);
            }
        }
    }

    // Of terms by how often they stand in a turn and how rare they are, without stop words: 0 to 1.
    private static double[][] Cosines(LexicalIndex index)
    {
        var rows = new double[index.Passages][];
        var weights = new double[index.Terms];
        var lengths = Enumerable.Range(0, index.Passages).Select(passage => LengthOf(index, passage)).ToArray();
        for (var a = 0; a < rows.Length; a++)
        {
            Array.Clear(weights);
            foreach (var (term, times) in index.Of(a))
            {
                weights[term] = times * WeightOf(index, term);
            }

            rows[a] = [.. Enumerable.Range(0, rows.Length).Select(b => a == b || lengths[a] * lengths[b] <= 0 ? 0 : Product(index, b, weights) / (lengths[a] * lengths[b]))];
        }

        return rows;
    }

    private static double WeightOf(LexicalIndex index, int term) => index.IsStop(term) ? 0 : index.Rarity(term);

    private static double Product(LexicalIndex index, int passage, double[] weights)
    {
        var sum = 0.0;
        foreach (var (term, times) in index.Of(passage))
        {
            sum += times * WeightOf(index, term) * weights[term];
        }

        return sum;
    }

    private static double LengthOf(LexicalIndex index, int passage)
    {
        var sum = 0.0;
        foreach (var (term, times) in index.Of(passage))
        {
            sum += Math.Pow(times * WeightOf(index, term), 2);
        }

        return Math.Sqrt(sum);
    }
}
