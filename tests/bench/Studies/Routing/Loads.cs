using System.Globalization;
using System.IO.Compression;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>What clients send, and when.</summary>
internal static class Loads
{
    /// <summary>The trace, beside the checkout: it is no part of the repository.</summary>
    public const string TraceFile = "shared/data/traces/azure-llm-2023-code.csv.gz";

    /// <summary>Independent clients: exponential gaps.</summary>
    public static IReadOnlyList<Arrival> Poisson(int seed, double seconds, double perSecond, int promptTokens = 500, int outputTokens = 40) =>
        Varying(seed, seconds, perSecond, _ => perSecond, promptTokens, outputTokens);

    /// <summary>Independent clients, and for 2 s of every 20 s five times as many.</summary>
    public static IReadOnlyList<Arrival> Bursts(int seed, double seconds, double perSecond, int promptTokens = 500, int outputTokens = 40) =>
        Varying(seed, seconds, perSecond * 5, time => time % 20 < 2 ? perSecond * 5 : perSecond, promptTokens, outputTokens);

    /// <summary>The production trace with its gaps and tokens, its time stretched so that it lasts as long as asked.</summary>
    /// <returns><see langword="null"/>: the trace is not there.</returns>
    public static IReadOnlyList<Arrival>? Trace(double seconds)
    {
        if (FindTrace() is not { } path)
        {
            return null;
        }

        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var arrivals = new List<Arrival>();
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            arrivals.Add(new Arrival(
                double.Parse(fields[0], CultureInfo.InvariantCulture),
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                int.Parse(fields[2], CultureInfo.InvariantCulture)));
        }

        var stretch = seconds / arrivals[^1].Seconds;
        return [.. arrivals.Select(a => a with { Seconds = a.Seconds * stretch })];
    }

    private static string? FindTrace()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, TraceFile);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    // Thinning: candidates at the highest rate, each kept by the share of it that holds at its time.
    private static List<Arrival> Varying(
        int seed, double seconds, double highest, Func<double, double> rate, int promptTokens, int outputTokens)
    {
        var random = new Random(seed);
        var arrivals = new List<Arrival>();
        for (var time = Gap(random, highest); time < seconds; time += Gap(random, highest))
        {
            if (random.NextDouble() * highest < rate(time))
            {
                arrivals.Add(new Arrival(time, promptTokens, outputTokens));
            }
        }

        return arrivals;
    }

    private static double Gap(Random random, double perSecond) => -Math.Log(1 - random.NextDouble()) / perSecond;
}
