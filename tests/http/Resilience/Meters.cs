using System.Globalization;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>Reads one series of <c>/metrics</c>.</summary>
internal static class Meters
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a series to count something: what was scraped a moment ago is told again.</summary>
    public static Task CountsAsync(HttpClient ops, string name, params string[] tags) =>
        Wait.UntilAsync(async () => await ReadAsync(ops, name, tags) > 0, $"{name} counts", Patience);

    /// <returns>0 where there is no such series.</returns>
    public static async Task<int> ReadAsync(HttpClient ops, string name, params string[] tags)
    {
        var text = await Metrics.PageAsync(ops, TestContext.Current.CancellationToken);
        var line = text.Split('\n').FirstOrDefault(line =>
            line.StartsWith(name, StringComparison.Ordinal) && tags.All(tag => line.Contains(tag, StringComparison.Ordinal)));
        return line is null ? 0 : (int)double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
