using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>What is left of coding sessions of what their next turns name.</summary>
internal static class CodingStudy
{
    /// <summary>Odd seeds may be tuned on.</summary>
    public const int Sessions = 80;

    /// <summary>Tokens.</summary>
    public static readonly ImmutableArray<int> Budgets = [512, 1024, 2048];

    private static string Head => string.Create(
        CultureInfo.InvariantCulture, $"| method | identifiers of the next {CodingSessions.Later} turns that are left, %, at {string.Join(" / ", Budgets)} tokens | p |\n|---|---|---|\n");

    public static void Write(StringBuilder page, Targets targets)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## Coding sessions (made; {Sessions / 2} of even seeds, in brackets all {Sessions}; {CodingSessions.Turns} turns each)\n\n{Head}");
        var rows = WriteRows(page, CodingStyle.Fenced, Named("hybrid", "last messages", "head and tail", "submodular coverage"), withQuery: false);
        targets.AtLeast("Coding sessions: not below the last messages", Averages(rows[0]), Averages(rows[1]));
        targets.AtLeast("Coding sessions: not below the last messages, all seeds", Averages(rows[0], all: true), Averages(rows[1], all: true));
        targets.Rises("Coding sessions: a larger budget never keeps less", Averages(rows[0]));
    }

    /// <summary>Sessions of kinds that nothing was chosen by.</summary>
    /// <param name="page">Takes the tables.</param>
    /// <param name="neighbours">BM25 with neighbours, its setting chosen.</param>
    public static void WriteOthers(StringBuilder page, Method neighbours)
    {
        foreach (var style in Enum.GetValues<CodingStyle>())
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {style}\n\n{Head}");
            WriteRows(page, style, Named("hybrid", "last messages", "submodular coverage"), withQuery: false);
            WriteRows(page, style, [.. Named("hybrid"), neighbours], withQuery: true);
        }
    }

    /// <summary>Methods that have no settings.</summary>
    public static ImmutableArray<Method> Named(params ImmutableArray<string> names) => [.. names.Select(name => Methods.All.Single(method => method.Name == name))];

    private static List<double[][]> WriteRows(StringBuilder page, CodingStyle style, ImmutableArray<Method> methods, bool withQuery)
    {
        var sessions = Enumerable.Range(1, Sessions).Select(seed => CodingSessions.Of(seed, style)).ToList();
        var rows = methods.Select(method => Budgets.Select(budget => sessions.Select(session => Share(session, method, budget, withQuery)).ToArray()).ToArray()).ToList();
        foreach (var (method, shares) in methods.Zip(rows))
        {
            var doubts = shares == rows[0] ? "" : string.Join(" / ", rows[0].Zip(shares, NotBetter).Select(p => p.ToString("0.000", CultureInfo.InvariantCulture)));
            page.Append(CultureInfo.InvariantCulture, $"| {method.Name}{(withQuery ? ", asked what comes next" : "")} | {Percent(Averages(shares))} ({Percent(Averages(shares, all: true))}) | {doubts} |\n");
        }

        return rows;
    }

    private static double NotBetter(double[] ours, double[] theirs) => Scores.NotBetter(Even(ours), Even(theirs), Even([.. Enumerable.Range(0, ours.Length)]));

    private static List<double> Averages(double[][] shares, bool all = false) => [.. shares.Select(ofBudget => (all ? ofBudget : Even(ofBudget)).Average())];

    // Seeds begin with 1.
    private static IEnumerable<T> Even<T>(T[] ofSeeds) => ofSeeds.Where((_, i) => i % 2 == 1);

    private static string Percent(List<double> shares) => string.Join(" / ", shares.Select(share => (100 * share).ToString("0.0", CultureInfo.InvariantCulture)));

    private static double Share((Dialogue Before, ImmutableArray<string> After) session, Method method, int budget, bool withQuery)
    {
        var left = method.Keep(session.Before, withQuery ? session.After[0] : null, budget).Values.SelectMany(CodingSessions.Identifiers).ToHashSet(StringComparer.Ordinal);
        var known = session.Before.Messages.SelectMany(message => CodingSessions.Identifiers(message.Text)).ToHashSet(StringComparer.Ordinal);
        var references = session.After.SelectMany(CodingSessions.Identifiers).Where(known.Contains).ToList();
        return (double)references.Count(left.Contains) / references.Count;
    }
}
