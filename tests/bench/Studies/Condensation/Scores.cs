namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>What a method kept of what each question needs.</summary>
internal static class Scores
{
    /// <summary>The share of evidence turns that are left, whole.</summary>
    public static double Evidence(Question question, Dictionary<int, string> kept) =>
        (double)question.Evidence.Count(turn => kept.TryGetValue(turn, out var text) && text.Contains(question.Dialogue.Turns[turn].Core, StringComparison.Ordinal)) / question.Evidence.Length;

    /// <summary>Whether the answer stands in what is left, word for word.</summary>
    public static double AnswerString(Question question, Dictionary<int, string> kept) =>
        kept.Values.Any(text => text.Contains(question.Answer, StringComparison.OrdinalIgnoreCase)) ? 1 : 0;

    /// <summary>The share of 10,000 resamples of the questions in which one method is not better than another on average.</summary>
    /// <param name="ours">Scores by question.</param>
    /// <param name="theirs">Of the other method, in the same order.</param>
    public static double NotBetter(IReadOnlyList<double> ours, IReadOnlyList<double> theirs)
    {
        const int Resamples = 10_000;
        var random = new Random(1);
        var worse = 0;
        for (var resample = 0; resample < Resamples; resample++)
        {
            var difference = 0.0;
            for (var i = 0; i < ours.Count; i++)
            {
                var pick = random.Next(ours.Count);
                difference += ours[pick] - theirs[pick];
            }

            worse += difference <= 0 ? 1 : 0;
        }

        return (double)worse / Resamples;
    }
}
