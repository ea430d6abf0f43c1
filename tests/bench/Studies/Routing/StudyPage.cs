using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>The results as a page of tables.</summary>
internal static class StudyPage
{
    public static string Write(IReadOnlyList<StudyRow> rows, IReadOnlyList<IGrouping<string, Target>> targets)
    {
        var page = new StringBuilder("# Routing strategies in simulation\n\n");
        page.Append("Medians of five seeds. How it is measured: docs/routing-study.md.\n\n## Targets\n\n");
        page.Append("| target | measured (range) | at most | |\n|---|---:|---:|---|\n");
        foreach (var target in targets)
        {
            var measured = target.Select(t => t.Measured).Order().ToList();
            var met = target.Count(t => t.IsMet);
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {target.Key} | {measured[measured.Count / 2]:0.####} ({measured[0]:0.####}–{measured[^1]:0.####}) | {target.First().Limit} | {(met == measured.Count ? "met" : $"met by {met} of {measured.Count} seeds")} |\n");
        }

        foreach (var mix in rows.GroupBy(r => r.Median.Mix.Name))
        {
            WriteMix(page, [.. mix]);
        }

        return page.ToString();
    }

    private static void WriteMix(StringBuilder page, List<StudyRow> rows)
    {
        var mix = rows[0].Median.Mix;
        var names = mix.Providers.Select(p => p.Name).ToList();
        page.Append(CultureInfo.InvariantCulture, $"\n## {mix.Name}\n\nFigure: {mix.Metric}. {rows[0].Median.Requests:N0} requests counted, {mix.Gateways} gateways.\n\n");
        page.Append("| strategy | figure (range) | p50 s | p99 s | failed % | attempts | $ / 1,000 | busiest of 250 ms % | ");
        page.AppendJoin(" | ", names.Select(n => n + " %")).Append(" |\n|---|");
        page.Insert(page.Length, "---:|", 7 + names.Count).Append('\n');
        foreach (var row in rows)
        {
            var r = row.Median;
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Strategy} | {r.Figure:F2} ({row.Least:F2}–{row.Most:F2}) | {r.P50:F2} | {r.P99:F2} | {100 * r.ErrorRate:F3} | {r.AttemptsPerRequest:F3} | {r.CostPerThousand:F2} | {100 * r.BusiestShare(Cluster.Period):F1} | ");
            page.AppendJoin(" | ", names.Select(n => (100 * r.Share(n)).ToString("F1", CultureInfo.InvariantCulture))).Append(" |\n");
        }
    }
}
