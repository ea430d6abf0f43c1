using System.Globalization;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>What the runtime's own metrics tell of a process's memory.</summary>
/// <param name="AllocatedBytes">Since it began.</param>
/// <param name="Collections">Of all generations, since it began.</param>
internal readonly record struct GcFigures(double AllocatedBytes, double Collections)
{
    private static readonly HttpMessageInvoker Client = new(new SocketsHttpHandler());

    public static GcFigures operator -(GcFigures one, GcFigures other) =>
        new(one.AllocatedBytes - other.AllocatedBytes, one.Collections - other.Collections);

    /// <summary>Reads them. The exporter repeats an answer for a moment: ask again once the process has done something for longer.</summary>
    /// <param name="metrics">Where the process tells its metrics, in Prometheus' form.</param>
    public static GcFigures Read(Uri metrics)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, metrics);
        using var response = Client.SendAsync(request, CancellationToken.None).GetAwaiter().GetResult().EnsureSuccessStatusCode();
        var lines = response.Content.ReadAsStringAsync().GetAwaiter().GetResult().Split('\n');
        return new(Sum(lines, "dotnet_gc_heap_total_allocated"), Sum(lines, "dotnet_gc_collections"));
    }

    private static double Sum(string[] lines, string name) => lines
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
}
