using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>Runs every method on every question and budget, and writes what was kept.</summary>
internal static class CondensationStudy
{
    private static readonly ImmutableArray<int> Budgets = [512, 1024, 2048, 4096];

    public static int Run(string data, int every, string? folder)
    {
        var questions = DialogueFile.Read(data).Where((_, i) => i / 2 % every == 0).ToImmutableArray();
        var page = new StringBuilder("# What condensation keeps\n\nHow it is measured: docs/condensation-quality.md. Even-numbered questions; in brackets all of them.\n");
        Write(page, "With the query", questions, withQuery: true);
        Write(page, "Without a query", questions, withQuery: false);
        ChatStudy.Write(page, questions);
        CodingStudy.Write(page);
        RollingStudy.Write(page, questions);
        Console.Out.Write(page);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "condensation.md"), page.ToString());
        }

        return 0;
    }

    private static void Write(StringBuilder page, string title, ImmutableArray<Question> questions, bool withQuery)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| method | evidence turns kept, %, at {string.Join(" / ", Budgets)} tokens | answers kept word for word, % | p that it is not worse than hybrid |\n|---|---|---|---|\n");
        var hybrid = new List<double>[Budgets.Length];
        foreach (var method in Methods.All.Where(method => withQuery || !method.NeedsQuery))
        {
            var evidence = Budgets.Select(budget => ScoresOf(method, questions, budget, withQuery, Scores.Evidence)).ToArray();
            var answers = Budgets.Select(budget => ScoresOf(method, [.. questions.Where(question => question.Answer.Length > 0)], budget, withQuery, Scores.AnswerString)).ToArray();
            hybrid = method.Name == "hybrid" ? [.. evidence.Select(scores => Even(scores, questions))] : hybrid;
            var doubt = method.Name == "hybrid" ? "" : string.Join(" / ", evidence.Select((scores, b) => Scores.NotBetter(hybrid[b], Even(scores, questions)).ToString("0.000", CultureInfo.InvariantCulture)));
            page.Append(CultureInfo.InvariantCulture, $"| {method.Name} | {Shares(evidence.Select(scores => Even(scores, questions).Average()))} ({Shares(evidence.Select(scores => scores.Average()))}) | {Shares(answers.Select(scores => scores.Average()))} | {doubt} |\n");
        }
    }

    /// <summary>The scores of a method by question.</summary>
    public static List<double> ScoresOf(
        Method method, ImmutableArray<Question> questions, int budget, bool withQuery, Func<Question, Dictionary<int, string>, double> score)
    {
        var kept = new Dictionary<Dialogue, Dictionary<int, string>>();
        var scores = new List<double>();
        foreach (var question in questions)
        {
            if (withQuery)
            {
                scores.Add(score(question, method.Keep(question.Dialogue, question.Text, budget)));
                continue;
            }

            if (!kept.TryGetValue(question.Dialogue, out var one))
            {
                kept[question.Dialogue] = one = method.Keep(question.Dialogue, null, budget);
            }

            scores.Add(score(question, one));
        }

        return scores;
    }

    private static List<double> Even(List<double> scores, ImmutableArray<Question> questions) =>
        [.. scores.Where((_, i) => questions[i].Number % 2 == 0)];

    private static string Shares(IEnumerable<double> shares) =>
        string.Join(" / ", shares.Select(share => (100 * share).ToString("0.0", CultureInfo.InvariantCulture)));
}
