using System.Collections.Immutable;
using System.Globalization;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>A way to condense: which text is left of which turn.</summary>
/// <param name="Name">For tables.</param>
/// <param name="NeedsQuery">Whether it does nothing without a query.</param>
/// <param name="Keep">Dialogue, query or <see langword="null"/>, budget → text left by turn.</param>
internal sealed record Method(string Name, bool NeedsQuery, Func<Dialogue, string?, int, Dictionary<int, string>> Keep)
{
    /// <summary>What was chosen of several on odd-numbered questions.</summary>
    public string Setting { get; init; } = "";

    /// <summary>Dialogue, last user message, budget that it is paid of → text left by turn; <see langword="null"/>: as with a query, with what is left of the budget.</summary>
    public Func<Dialogue, string, int, Dictionary<int, string>>? KeepInChat { get; init; }
}

/// <summary>What <c>hybrid</c> is compared with. None has to keep anything whole, so that all spend the whole budget.</summary>
internal static class Methods
{
    // The best that was found for coverage without any other sign.
    private static readonly HybridWeights Plain = new() { Name = 0, Repeated = 0.3, CoverageRarity = 1, CoverageCost = 0.7, CoverageOverhead = 10 };

    /// <summary>With the settings of those that have some.</summary>
    public static ImmutableArray<Method> All { get; } =
    [
        new("hybrid", false, (dialogue, query, budget) => Condensed(dialogue, dialogue.Messages, query, budget, CondensationStrategy.Hybrid))
        {
            KeepInChat = (dialogue, text, budget) => Condensed(dialogue, [.. dialogue.Messages, new ConversationMessage { Role = MessageRole.User, Text = text }], null, budget, CondensationStrategy.Hybrid),
        },
        new("temporal", false, (dialogue, query, budget) => Condensed(dialogue, dialogue.Messages, query, budget, CondensationStrategy.Temporal)),
        new("last messages", false, (dialogue, _, budget) => Fill(dialogue, Enumerable.Range(0, dialogue.Messages.Count).Reverse(), budget, stops: true)),
        new("head and tail", false, (dialogue, _, budget) => Fill(dialogue, HeadAndTail(dialogue.Messages.Count), budget, stops: true)),
        new("TextRank", false, (dialogue, _, budget) => Fill(dialogue, Ranked(TextRank.Of(dialogue.Index)), budget)),
        .. ((double[])[0.3, 0.5, 0.7, 0.9]).Select(Marginal),
        new("submodular coverage", false, (dialogue, _, budget) => Covered(dialogue, budget)),
        new("BM25", true, (dialogue, query, budget) => Fill(dialogue, Ranked(Bm25(dialogue, query!)), budget)),
        new("BM25 with neighbours", true, (dialogue, query, budget) => Fill(dialogue, Ranked(Bm25(dialogue, query!)).SelectMany(i => (int[])[i, i - 1, i + 1]), budget)) { Setting = "taken with it" },
        .. ((double[])[0.3, 0.5, 0.7, 0.9]).Select(Neighbouring),
    ];

    /// <summary>Each once: of settings the one that keeps most evidence of some questions on average over budgets.</summary>
    /// <param name="questions">The questions that settings are chosen by.</param>
    /// <param name="budgets">The budgets.</param>
    /// <param name="asking">How they are asked.</param>
    public static ImmutableArray<Method> Chosen(ImmutableArray<Question> questions, ImmutableArray<int> budgets, Asking asking) =>
    [
        .. All.Where(method => asking != Asking.Nothing || !method.NeedsQuery).GroupBy(method => method.Name).Select(settings => settings.Count() == 1
            ? settings.Single()
            : settings.MaxBy(method => budgets.Average(budget => Scores.Of(method, questions, budget, asking).Average(score => score.Evidence)))!),
    ];

    private static Method Marginal(double tradeoff) =>
        new("MMR", false, (dialogue, query, budget) => MarginalRelevance.Of(dialogue, query is null ? null : Bm25(dialogue, query), tradeoff, budget))
        {
            Setting = string.Create(CultureInfo.InvariantCulture, $"relevance {tradeoff}"),
        };

    // A turn takes a share of the scores of the two beside it.
    private static Method Neighbouring(double share) =>
        new("BM25 with neighbours", true, (dialogue, query, budget) => Fill(dialogue, Ranked(Spread(Bm25(dialogue, query!), share)), budget))
        {
            Setting = string.Create(CultureInfo.InvariantCulture, $"{share} of their scores"),
        };

    private static double[] Spread(double[] scores, double share) =>
        [.. scores.Select((score, i) => score + (share * ((i > 0 ? scores[i - 1] : 0) + (i + 1 < scores.Length ? scores[i + 1] : 0))))];

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

    // Of the dialogue only, where more messages are condensed.
    private static Dictionary<int, string> Condensed(Dialogue dialogue, List<ConversationMessage> messages, string? query, int budget, CondensationStrategy strategy)
    {
        var request = new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Strategy = strategy, Query = query };
        return Condenser.Condense(messages, request).Messages
            .Where(message => message.Source >= 0 && message.Source < dialogue.Messages.Count)
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
}
