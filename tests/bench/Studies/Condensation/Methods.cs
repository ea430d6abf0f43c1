using System.Collections.Immutable;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>A way to condense: which text is left of which turn.</summary>
/// <param name="Name">For tables.</param>
/// <param name="NeedsQuery">Whether it does nothing without a query.</param>
/// <param name="Keep">Dialogue, query or <see langword="null"/>, budget → text left by turn.</param>
internal sealed record Method(string Name, bool NeedsQuery, Func<Dialogue, string?, int, Dictionary<int, string>> Keep);

/// <summary>What <c>hybrid</c> is compared with. None has to keep anything whole, so that all spend the whole budget.</summary>
internal static class Methods
{
    private const double Tradeoff = 0.7;

    // The best that was found for coverage without any other sign.
    private static readonly HybridWeights Plain = new() { Name = 0, Repeated = 0.3, CoverageRarity = 1, CoverageCost = 0.7, CoverageOverhead = 10 };

    public static ImmutableArray<Method> All { get; } =
    [
        new("hybrid", false, (dialogue, query, budget) => Condensed(dialogue, query, budget, CondensationStrategy.Hybrid)),
        new("temporal", false, (dialogue, query, budget) => Condensed(dialogue, query, budget, CondensationStrategy.Temporal)),
        new("last messages", false, (dialogue, _, budget) => Fill(dialogue, Enumerable.Range(0, dialogue.Messages.Count).Reverse(), budget, stops: true)),
        new("head and tail", false, (dialogue, _, budget) => Fill(dialogue, HeadAndTail(dialogue.Messages.Count), budget, stops: true)),
        new("TextRank", false, (dialogue, _, budget) => Fill(dialogue, Ranked(TextRank.Of(dialogue.Index)), budget)),
        new("MMR", false, MaximalMarginalRelevance),
        new("submodular coverage", false, (dialogue, _, budget) => Covered(dialogue, budget)),
        new("BM25", true, (dialogue, query, budget) => Fill(dialogue, Ranked(Bm25(dialogue, query!)), budget)),
        new("BM25 with neighbours", true, (dialogue, query, budget) => Fill(dialogue, Ranked(Bm25(dialogue, query!)).SelectMany(i => (int[])[i, i - 1, i + 1]), budget)),
    ];

    /// <summary>Takes turns in an order while they fit.</summary>
    /// <param name="stops">Whether the first that does not fit ends it.</param>
    private static Dictionary<int, string> Fill(Dialogue dialogue, IEnumerable<int> order, int budget, bool stops = false)
    {
        var kept = new Dictionary<int, string>();
        var left = budget - MessageCost.OfConversation;
        foreach (var turn in order)
        {
            if (turn < 0 || turn >= dialogue.Messages.Count || kept.ContainsKey(turn))
            {
                continue;
            }

            if (dialogue.Costs[turn] <= left)
            {
                left -= dialogue.Costs[turn];
                kept[turn] = dialogue.Messages[turn].Text;
            }
            else if (stops)
            {
                break;
            }
        }

        return kept;
    }

    private static Dictionary<int, string> Condensed(Dialogue dialogue, string? query, int budget, CondensationStrategy strategy)
    {
        var request = new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Strategy = strategy, Query = query };
        return Condenser.Condense(dialogue.Messages, request).Messages
            .Where(message => message.Source >= 0)
            .ToDictionary(message => message.Source, message => message.Text ?? dialogue.Messages[message.Source].Text);
    }

    private static IEnumerable<int> HeadAndTail(int count)
    {
        for (var i = 0; i < (count + 1) / 2; i++)
        {
            yield return count - 1 - i;
            yield return i;
        }
    }

    private static IEnumerable<int> Ranked(double[] scores) =>
        Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenByDescending(i => i);

    private static double[] Bm25(Dialogue dialogue, string query)
    {
        var weights = new double[dialogue.Index.Terms];
        var scanner = new TextScanner(query, stackalloc char[TextScanner.LongestTerm]);
        while (scanner.Read())
        {
            if (dialogue.Index.Vocabulary.Find(scanner.Term) is >= 0 and var term && !dialogue.Index.IsStop(term))
            {
                weights[term] = dialogue.Index.Rarity(term);
            }
        }

        return [.. Enumerable.Range(0, dialogue.Index.Passages).Select(i => Relevance.Bm25(dialogue.Index, i, weights))];
    }

    private static Dictionary<int, string> Covered(Dialogue dialogue, int budget)
    {
        var order = new List<int>();
        var left = budget - MessageCost.OfConversation;
        new Coverage(dialogue.Index, [.. dialogue.Messages.Select(_ => 1.0)], dialogue.Costs.AsSpan(), Plain).Offer(
            Enumerable.Range(0, dialogue.Messages.Count),
            turn => dialogue.Costs[turn] <= left,
            turn =>
            {
                left -= dialogue.Costs[turn];
                order.Add(turn);
                return true;
            });
        return Fill(dialogue, order, budget);
    }

    // Carbonell and Goldstein 1998; without a query a turn's likeness to the whole dialogue stands for relevance.
    private static Dictionary<int, string> MaximalMarginalRelevance(Dialogue dialogue, string? query, int budget)
    {
        var relevance = query is null ? TextRank.Of(dialogue.Index) : Bm25(dialogue, query);
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
                var score = (Tradeoff * relevance[i] / most) - ((1 - Tradeoff) * closest[i]);
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
                closest[i] = Math.Max(closest[i], TextRank.Likeness(dialogue.Index, best, i));
            }
        }
    }
}
