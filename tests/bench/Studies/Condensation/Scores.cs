using System.Collections.Immutable;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>How a question comes to what condenses.</summary>
internal enum Asking
{
    /// <summary>Not at all.</summary>
    Nothing = 0,

    /// <summary>As the query, beside the conversation and at no cost.</summary>
    Query = 1,

    /// <summary>As the last user message, paid out of the budget.</summary>
    InChat = 2,

    /// <summary>As <see cref="InChat"/>, with a word of thanks behind its question mark.</summary>
    InChatWithThanks = 3,

    /// <summary>As <see cref="InChat"/>, without its question mark.</summary>
    InChatWithoutMark = 4,
}

/// <summary>What a method kept of what a question needs.</summary>
/// <param name="Evidence">The share of evidence turns that are left, whole.</param>
/// <param name="Answer">1 where the answer stands in what is left, word for word; <see langword="null"/>: there is no answer.</param>
internal readonly record struct Score(double Evidence, double? Answer);

/// <summary>What methods kept, and whether that is more than chance.</summary>
internal static class Scores
{
    private const int Resamples = 10_000;

    /// <summary>The scores of a method by question.</summary>
    public static ImmutableArray<Score> Of(Method method, ImmutableArray<Question> questions, int budget, Asking asking)
    {
        var unasked = new Dictionary<Dialogue, Dictionary<int, string>>();
        return [.. questions.Select(question => Of(question, Kept(method, question, budget, asking, unasked)))];
    }

    /// <summary>The share of evidence turns that are left, whole.</summary>
    public static double Evidence(Question question, Dictionary<int, string> kept) =>
        (double)question.Evidence.Count(turn => kept.TryGetValue(turn, out var text) && text.Contains(question.Dialogue.Turns[turn].Core, StringComparison.Ordinal)) / question.Evidence.Length;

    /// <summary>
    /// The share of 10,000 resamples in which one method is not better than another on average. What is drawn with replacement
    /// are groups first, then as many of each group's members as it has: questions about one dialogue are not independent.
    /// </summary>
    /// <param name="ours">Scores.</param>
    /// <param name="theirs">Of the other method, in the same order.</param>
    /// <param name="groups">The group of each.</param>
    public static double NotBetter<TGroup>(IEnumerable<double> ours, IEnumerable<double> theirs, IEnumerable<TGroup> groups)
        where TGroup : notnull
    {
        var differences = ours.Zip(theirs, groups).GroupBy(one => one.Third, one => one.First - one.Second).Select(group => group.ToArray()).ToArray();
        var random = new Random(1);
        var worse = 0;
        for (var resample = 0; resample < Resamples; resample++)
        {
            var sum = 0.0;
            for (var i = 0; i < differences.Length; i++)
            {
                var group = differences[random.Next(differences.Length)];
                for (var j = 0; j < group.Length; j++)
                {
                    sum += group[random.Next(group.Length)];
                }
            }

            worse += sum <= 0 ? 1 : 0;
        }

        return (double)worse / Resamples;
    }

    private static Score Of(Question question, Dictionary<int, string> kept) => new(
        Evidence(question, kept),
        question.Answer.Length == 0 ? null : kept.Values.Any(text => text.Contains(question.Answer, StringComparison.OrdinalIgnoreCase)) ? 1 : 0);

    private static Dictionary<int, string> Kept(Method method, Question question, int budget, Asking asking, Dictionary<Dialogue, Dictionary<int, string>> unasked)
    {
        switch (asking)
        {
            case Asking.Query:
                return method.Keep(question.Dialogue, question.Text, budget);
            case Asking.InChat or Asking.InChatWithThanks or Asking.InChatWithoutMark:
                var text = asking switch
                {
                    Asking.InChatWithThanks => question.Text + " Thanks.",
                    Asking.InChatWithoutMark => question.Text.TrimEnd('?'),
                    _ => question.Text,
                };
                return method.KeepInChat?.Invoke(question.Dialogue, text, budget)
                    ?? method.Keep(question.Dialogue, question.Text, budget - MessageCost.OfMessage - TokenCounters.O200k.CountAtMost(text));
            default:
                return unasked.TryGetValue(question.Dialogue, out var kept) ? kept : unasked[question.Dialogue] = method.Keep(question.Dialogue, null, budget);
        }
    }
}
