using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>What each method keeps of what questions need, by budget.</summary>
internal sealed class QuestionTable
{
    private static readonly ImmutableArray<int> Budgets = [512, 1024, 2048, 4096];

    private readonly ImmutableArray<Question> _questions;
    private readonly Asking _asking;
    private readonly List<(Method Method, ImmutableArray<Score>[] Scores)> _rows = [];

    /// <summary>Runs every method on every question and budget; settings are chosen by odd-numbered questions.</summary>
    /// <param name="questions">All questions.</param>
    /// <param name="asking">How they are asked.</param>
    /// <param name="only">The names of methods; none: all.</param>
    public QuestionTable(ImmutableArray<Question> questions, Asking asking, params ImmutableArray<string> only)
    {
        (_questions, _asking) = (questions, asking);
        var tuned = questions.Where(question => question.Number % 2 == 1).ToImmutableArray();
        foreach (var method in Methods.Chosen(tuned, Budgets, asking).Where(method => only.IsEmpty || only.Contains(method.Name)))
        {
            _rows.Add((method, [.. Budgets.Select(budget => Scores.Of(method, questions, budget, asking))]));
        }
    }

    /// <summary>Writes the table.</summary>
    public void Write(StringBuilder page, string title)
    {
        var budgets = string.Join(" / ", Budgets);
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| method | evidence turns kept, %, at {budgets} tokens | p | answers kept word for word, % | p |\n|---|---|---|---|---|\n");
        foreach (var (method, scores) in _rows)
        {
            var name = method.Setting.Length > 0 ? $"{method.Name} ({method.Setting})" : method.Name;
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {Shares(Evidence(scores))} ({Shares(Evidence(scores, all: true))}) | {Doubts(scores, Evidence)} | {Shares(Answers(scores))} ({Shares(Answers(scores, all: true))}) | {Doubts(scores, Answers)} |\n");
        }
    }

    /// <summary>Holds <c>hybrid</c> to what it must be.</summary>
    public void Judge(Targets targets)
    {
        var hybrid = Row("hybrid");
        var name = _asking.ToString();
        targets.Rises($"{name}: a larger budget never keeps less, even-numbered questions", Averages(Evidence(hybrid)));
        targets.Rises($"{name}: a larger budget never keeps less, all questions", Averages(Evidence(hybrid, all: true)));
        var others = _rows.Where(row => row.Method.Name != "hybrid").ToList();
        if (_asking == Asking.Query)
        {
            targets.AtLeast($"{name}: best of all", Averages(Evidence(hybrid)), Budgets.Select((_, b) => others.Max(row => Averages(Evidence(row.Scores))[b])));
            targets.AtLeast($"{name}: all questions, at least 74 / 81 / 87 / 91", Averages(Evidence(hybrid, all: true)), [0.74, 0.81, 0.87, 0.91]);
        }
        else if (_asking == Asking.Nothing)
        {
            targets.AtLeast($"{name}: not below the best by more than chance explains (p at least 0.05 that the best is not better)", BestNotBetter(hybrid, others), Budgets.Select(_ => 0.05));
            targets.AtLeast($"{name}: all questions, at least 5 / 11 / 21 / 36", Averages(Evidence(hybrid, all: true)), [0.05, 0.11, 0.21, 0.36]);
            targets.AtLeast($"{name}: a tenth above the last messages", Averages(Evidence(hybrid)), Averages(Evidence(Row("last messages"))).Select(share => 1.1 * share));
        }
    }

    private static IEnumerable<IEnumerable<(double Value, Dialogue Of)>> Select(ImmutableArray<Score>[] scores, ImmutableArray<Question> questions, bool all, Func<Score, double?> value) =>
        scores.Select(ofBudget => ofBudget.Zip(questions).Where(pair => (all || pair.Second.Number % 2 == 0) && value(pair.First) is not null).Select(pair => (value(pair.First)!.Value, pair.Second.Dialogue)));

    private static List<double> Averages(IEnumerable<IEnumerable<(double Value, Dialogue Of)>> scores) => [.. scores.Select(ofBudget => ofBudget.Average(score => score.Value))];

    private static string Shares(IEnumerable<IEnumerable<(double Value, Dialogue Of)>> scores) =>
        string.Join(" / ", Averages(scores).Select(share => (100 * share).ToString("0.0", CultureInfo.InvariantCulture)));

    private ImmutableArray<Score>[] Row(string name) => _rows.Single(row => row.Method.Name == name).Scores;

    private IEnumerable<IEnumerable<(double Value, Dialogue Of)>> Evidence(ImmutableArray<Score>[] scores, bool all = false) => Select(scores, _questions, all, score => score.Evidence);

    private IEnumerable<IEnumerable<(double Value, Dialogue Of)>> Answers(ImmutableArray<Score>[] scores, bool all = false) => Select(scores, _questions, all, score => score.Answer);

    // That hybrid is not better than the method.
    private string Doubts(ImmutableArray<Score>[] scores, Func<ImmutableArray<Score>[], bool, IEnumerable<IEnumerable<(double Value, Dialogue Of)>>> select)
    {
        var hybrid = Row("hybrid");
        return hybrid == scores ? "" : string.Join(" / ", select(hybrid, false).Zip(select(scores, false), NotBetter).Select(p => p.ToString("0.000", CultureInfo.InvariantCulture)));
    }

    private IEnumerable<double> BestNotBetter(ImmutableArray<Score>[] hybrid, List<(Method Method, ImmutableArray<Score>[] Scores)> others) =>
        Evidence(hybrid).Select((ours, b) => others.Select(row => Evidence(row.Scores).ElementAt(b)).MaxBy(theirs => theirs.Average(score => score.Value))!).Zip(Evidence(hybrid), NotBetter);

    private static double NotBetter(IEnumerable<(double Value, Dialogue Of)> ours, IEnumerable<(double Value, Dialogue Of)> theirs) =>
        Scores.NotBetter(ours.Select(score => score.Value), theirs.Select(score => score.Value), ours.Select(score => score.Of));
}
