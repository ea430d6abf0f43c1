using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>The results for programs.</summary>
internal static class StudyJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Write(IEnumerable<StudyRow> rows, IEnumerable<IGrouping<string, Target>> targets) => JsonSerializer.Serialize(
        new
        {
            Targets = targets.Select(t => new { Name = t.Key, t.First().Limit, Measured = t.Select(one => one.Measured) }),
            Results = rows.Select(Row),
        },
        Options) + "\n";

    private static object Row(StudyRow row)
    {
        var r = row.Median;
        return new
        {
            Mix = r.Mix.Name,
            r.Mix.Metric,
            row.Strategy,
            r.Figure,
            row.Least,
            row.Most,
            r.Requests,
            r.P50,
            r.P99,
            r.Mean,
            r.ErrorRate,
            r.AttemptsPerRequest,
            r.CostPerThousand,
            BusiestShare = r.BusiestShare(Cluster.Period),
            Shares = r.Mix.Providers.ToDictionary(p => p.Name, p => r.Share(p.Name)),
        };
    }
}
