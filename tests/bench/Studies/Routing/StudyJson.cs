using System.Text.Json;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>The results for programs.</summary>
internal static class StudyJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Write(IEnumerable<Result> results) => JsonSerializer.Serialize(
        results.Select(r => new
        {
            Mix = r.Mix.Name,
            r.Mix.Metric,
            r.Strategy,
            r.Figure,
            r.Requests,
            r.P50,
            r.P99,
            r.Mean,
            r.ErrorRate,
            r.AttemptsPerRequest,
            r.CostPerThousand,
            BusiestShare = r.BusiestShare(Cluster.Period),
            Shares = r.Mix.Providers.ToDictionary(p => p.Name, p => r.Share(p.Name)),
        }),
        Options) + "\n";
}
