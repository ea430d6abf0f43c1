using System.Runtime.CompilerServices;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>TextRank (Mihalcea and Tarau 2004) over turns, likeness being the shared terms by the logarithms of lengths, both without stop words.</summary>
internal static class TextRank
{
    private const double Damping = 0.85;
    private const int Rounds = 30;

    private static readonly ConditionalWeakTable<LexicalIndex, double[]> Known = [];

    public static double[] Of(LexicalIndex index) => Known.GetValue(index, Compute);

    private static double Likeness(LexicalIndex index, HashSet<int> terms, int a, int b)
    {
        var shared = 0;
        foreach (var (term, _) in index.Of(b))
        {
            shared += terms.Contains(term) ? 1 : 0;
        }

        var lengths = Math.Log(1 + index.LengthOf(a)) + Math.Log(1 + index.LengthOf(b));
        return lengths > 0 ? shared / lengths : 0;
    }

    private static HashSet<int> TermsOf(LexicalIndex index, int passage)
    {
        var terms = new HashSet<int>();
        foreach (var (term, _) in index.Of(passage))
        {
            if (!index.IsStop(term))
            {
                terms.Add(term);
            }
        }

        return terms;
    }

    private static double[] Compute(LexicalIndex index)
    {
        var count = index.Passages;
        var likeness = new double[count, count];
        var sums = new double[count];
        for (var a = 0; a < count; a++)
        {
            var terms = TermsOf(index, a);
            for (var b = 0; b < a; b++)
            {
                likeness[a, b] = likeness[b, a] = Likeness(index, terms, a, b);
                sums[a] += likeness[a, b];
                sums[b] += likeness[a, b];
            }
        }

        var ranks = Enumerable.Repeat(1.0, count).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var next = new double[count];
            for (var a = 0; a < count; a++)
            {
                for (var b = 0; b < count; b++)
                {
                    next[a] += a != b && sums[b] > 0 ? likeness[b, a] / sums[b] * ranks[b] : 0;
                }

                next[a] = 1 - Damping + (Damping * next[a]);
            }

            ranks = next;
        }

        return ranks;
    }
}
