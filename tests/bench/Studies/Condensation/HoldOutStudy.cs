using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>What is kept of conversations of other forms than the weights were chosen by, at other budgets: shows what was only learnt by heart.</summary>
internal static class HoldOutStudy
{
    private static readonly ImmutableArray<int> Budgets = [700, 1500, 3000];

    private static readonly ImmutableArray<string> Compared = ["last messages", "submodular coverage", "BM25", "BM25 with neighbours"];

    public static int Run(string data, int every, string? folder)
    {
        var all = DialogueFile.Read(data);
        var questions = all.Where(question => question.Number % 2 == 0).Where((_, i) => i % every == 0).ToImmutableArray();
        var tuned = all.Where(question => question.Number % 2 == 1).Where((_, i) => i % every == 0).ToImmutableArray();
        var methods = Methods.Chosen(tuned, Budgets, Asking.Query);
        var page = new StringBuilder("# What condensation keeps of conversations of other forms\n\nHow it is measured: docs/condensation-quality.md. Even-numbered questions; p that hybrid is not better than the best of the others.\n");
        Write(page, "With the query", questions, methods, Asking.Query);
        Write(page, "Without a query", questions, methods, Asking.Nothing);
        page.Append("\n## Coding sessions (made; of even seeds, in brackets all; p that hybrid is not better)\n");
        CodingStudy.WriteOthers(page, methods.Single(method => method.Name == "BM25 with neighbours"));
        Console.Out.Write(page);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "holdout.md"), page.ToString());
        }

        return 0;
    }

    private static void Write(StringBuilder page, string title, ImmutableArray<Question> questions, ImmutableArray<Method> methods, Asking asking)
    {
        var others = methods.Where(method => Compared.Contains(method.Name) && (asking == Asking.Query || !method.NeedsQuery)).ToList();
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}: evidence turns kept, %, at {string.Join(" / ", Budgets)} tokens\n\n| conversation | hybrid | {string.Join(" | ", others.Select(method => method.Name))} | p |\n|---|---|{string.Concat(others.Select(_ => "---|"))}---|\n");
        foreach (var (name, asked) in Forms(questions))
        {
            var hybrid = Scored(methods.Single(method => method.Name == "hybrid"), asked, asking);
            var scores = others.Select(method => Scored(method, asked, asking)).ToList();
            var doubts = Budgets.Select((_, b) => Scores.NotBetter(hybrid[b], scores.MaxBy(score => score[b].Average())![b], asked.Select(question => question.Dialogue)).ToString("0.000", CultureInfo.InvariantCulture));
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {Shares(hybrid)} | {string.Join(" | ", scores.Select(Shares))} | {string.Join(" / ", doubts)} |\n");
        }
    }

    private static IEnumerable<(string Name, ImmutableArray<Question> Questions)> Forms(ImmutableArray<Question> questions)
    {
        foreach (var dialogue in questions.GroupBy(question => question.Dialogue))
        {
            yield return (dialogue.Key.Id, [.. dialogue]);
        }

        yield return ("other names", DialogueForms.OtherNames(questions));
        yield return ("sessions in another order", DialogueForms.Shuffled(questions));
        yield return ("names as a field", DialogueForms.NamesAsField(questions));
        yield return ("one user, no names", DialogueForms.Monologue(questions));
        yield return ("keywords for a question", DialogueForms.Keywords(questions));
        yield return ("half the words of the question", DialogueForms.HalfTheWords(questions));
    }

    private static List<double>[] Scored(Method method, ImmutableArray<Question> questions, Asking asking) =>
        [.. Budgets.Select(budget => Scores.Of(method, questions, budget, asking).Select(score => score.Evidence).ToList())];

    private static string Shares(List<double>[] scores) =>
        string.Join(" / ", scores.Select(score => (100 * score.Average()).ToString("0.0", CultureInfo.InvariantCulture)));
}
