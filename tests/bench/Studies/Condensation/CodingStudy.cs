using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>What is left of coding sessions of what their next turns name.</summary>
internal static class CodingStudy
{
    private const int Sessions = 40;

    private static readonly ImmutableArray<int> Budgets = [512, 1024, 2048];

    public static void Write(StringBuilder page)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## Coding sessions (made, {Sessions} of {CodingSessions.Turns} turns)\n\n{Head}");
        WriteRows(page, CodingStyle.Fenced, ["hybrid", "last messages", "head and tail", "submodular coverage"]);
    }

    /// <summary>Sessions of kinds that nothing was chosen by.</summary>
    public static void WriteOthers(StringBuilder page)
    {
        foreach (var style in Enum.GetValues<CodingStyle>())
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {style}\n\n{Head}");
            WriteRows(page, style, ["hybrid", "last messages", "submodular coverage"]);
            WriteRows(page, style, ["hybrid", "BM25 with neighbours"], withQuery: true);
        }
    }

    private static string Head => string.Create(
        CultureInfo.InvariantCulture, $"| method | identifiers of the next {CodingSessions.Later} turns that are left, %, at {string.Join(" / ", Budgets)} tokens |\n|---|---|\n");

    private static void WriteRows(StringBuilder page, CodingStyle style, ImmutableArray<string> methods, bool withQuery = false)
    {
        var sessions = Enumerable.Range(1, Sessions).Select(seed => CodingSessions.Of(seed, style)).ToList();
        foreach (var name in methods)
        {
            var method = Methods.All.Single(method => method.Name == name);
            var shares = Budgets.Select(budget => sessions.Average(session => Share(session, method, budget, withQuery)));
            page.Append(CultureInfo.InvariantCulture, $"| {name}{(withQuery ? ", asked what comes next" : "")} | {string.Join(" / ", shares.Select(share => (100 * share).ToString("0.0", CultureInfo.InvariantCulture)))} |\n");
        }
    }

    private static double Share((Dialogue Before, ImmutableArray<string> After) session, Method method, int budget, bool withQuery)
    {
        var left = method.Keep(session.Before, withQuery ? session.After[0] : null, budget).Values.SelectMany(CodingSessions.Identifiers).ToHashSet(StringComparer.Ordinal);
        var known = session.Before.Messages.SelectMany(message => CodingSessions.Identifiers(message.Text)).ToHashSet(StringComparer.Ordinal);
        var references = session.After.SelectMany(CodingSessions.Identifiers).Where(known.Contains).ToList();
        return (double)references.Count(left.Contains) / references.Count;
    }
}
