using System.Globalization;

namespace ProxyCluster.Tests.Support.Clients;

/// <summary>Reads a program's <c>/metrics</c>.</summary>
public static class Metrics
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// A page that was composed after this call. The exporter tells a page again for 300 ms; no two that it composes are alike,
    /// as they carry what the process has allocated and used so far.
    /// </summary>
    /// <param name="ops">Of the program's ops listener.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<string> PageAsync(HttpClient ops, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ops);
        var before = await ops.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken);
        while (true)
        {
            var page = await ops.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken);
            if (page != before)
            {
                return page;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>The sum of all series of a metric that carry certain labels; 0: there are none.</summary>
    /// <param name="ops">The program's ops listener.</param>
    /// <param name="metric">Its name in Prometheus' spelling.</param>
    /// <param name="labels">As <c>name="value"</c>; all must be there.</param>
    public static async Task<double> SumAsync(Uri ops, string metric, params string[] labels)
    {
        using var client = TestHttp.Client(ops);
        var page = await PageAsync(client);
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
