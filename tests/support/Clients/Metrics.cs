using System.Globalization;

namespace ProxyCluster.Tests.Support.Clients;

/// <summary>Reads single figures from a program's <c>/metrics</c>.</summary>
public static class Metrics
{
    /// <summary>The sum of all series of a metric that carry certain labels; 0: there are none.</summary>
    /// <param name="ops">The program's ops listener.</param>
    /// <param name="metric">Its name in Prometheus' spelling.</param>
    /// <param name="labels">As <c>name="value"</c>; all must be there.</param>
    public static async Task<double> SumAsync(Uri ops, string metric, params string[] labels)
    {
        using var client = TestHttp.Client(ops);
        var page = await client.GetStringAsync("/metrics");
        return page.Split('\n')
            .Where(line => NameOf(line) == metric && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Sum(ValueOf);
    }

    private static string NameOf(string line)
    {
        var end = line.AsSpan().IndexOfAny('{', ' ');
        return end < 0 ? line : line[..end];
    }

    // A time stamp may follow.
    private static double ValueOf(string line)
    {
        var labelled = line.LastIndexOf('}');
        var rest = line[(labelled < 0 ? line.IndexOf(' ', StringComparison.Ordinal) : labelled + 1)..];
        return double.Parse(rest.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }
}
