using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>The results as a page of tables.</summary>
internal static class StudyPage
{
    public static string Write(IReadOnlyList<Result> results)
    {
        var page = new StringBuilder("# Routing strategies in simulation\n\n");
        foreach (var mix in results.GroupBy(r => r.Mix))
        {
            WriteMix(page, mix.Key, [.. mix]);
        }

        return page.ToString();
    }

    private static void WriteMix(StringBuilder page, Mix mix, List<Result> results)
    {
        var names = mix.Providers.Select(p => p.Name).ToList();
        page.Append(CultureInfo.InvariantCulture, $"## {mix.Name}\n\nFigure: {mix.Metric}. {results[0].Requests:N0} requests, {mix.Gateways} gateways.\n\n");
        page.Append("| strategy | figure | p50 s | p99 s | failed % | attempts | $ / 1,000 | busiest in 250 ms % | ");
        page.AppendJoin(" | ", names.Select(n => n + " %")).Append(" |\n|---|");
        page.Insert(page.Length, "---:|", 7 + names.Count).Append('\n');
        foreach (var r in results)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {r.Strategy} | {r.Figure:F2} | {r.P50:F2} | {r.P99:F2} | {100 * r.ErrorRate:F3} | {r.AttemptsPerRequest:F3} | {r.CostPerThousand:F2} | {100 * r.BusiestShare(0.25):F1} | ");
            page.AppendJoin(" | ", names.Select(n => (100 * r.Share(n)).ToString("F1", CultureInfo.InvariantCulture))).Append(" |\n");
        }

        page.Append('\n');
    }
}
