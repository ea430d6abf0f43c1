using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>The product beside its yardsticks: prints the tables and keeps them.</summary>
internal static class CompareCommand
{
    private const string Product = "proxycluster";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> RunAsync(CommandOptions options)
    {
        var repository = FindRepository();
        var quick = options.Flag("quick");
        var settings = new RunSettings(
            options.Int("rounds", 3), options.Number("seconds", quick ? 2 : 5), options.Number("warm-up", quick ? 4 : 10));
        var workspace = Directory.CreateTempSubdirectory("proxycluster-bench-").FullName;
        try
        {
            var published = options.Text("silo") ?? await Launcher.PublishAsync(repository, Path.Combine(workspace, "silo"));
            var measurements = await MeasureAsync(new Launcher(workspace), [.. Products(options, published)], settings, !options.Flag("loads-only"));
            var report = Report.Markdown(measurements);
            await Console.Out.WriteLineAsync(report);

            var output = Directory.CreateDirectory(options.Text("output") ?? Path.Combine(repository, "tests/bench/results")).FullName;
            var name = Path.Combine(output, measurements.Machine.At.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture));
            await File.WriteAllTextAsync($"{name}.md", report);
            await File.WriteAllTextAsync($"{name}.json", JsonSerializer.Serialize(measurements, Indented) + "\n");
            return measurements.Loads.Any(l => l.Failures > 0) ? 1 : 0;
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    private static IEnumerable<ProductVariant> Products(CommandOptions options, string published)
    {
        var isKeyed = options.Flag("keyed");
        yield return new(Product, published, ProductAccess.OfAKey);
        if (isKeyed)
        {
            yield return new($"{Product}, open", published, ProductAccess.Open);
            yield return new($"{Product}, all limits", published, ProductAccess.OfAUserAndATeam);
        }

        if (options.Text("beside") is { } other)
        {
            yield return new($"{Product} beside", other, ProductAccess.OfAKey);
            if (isKeyed)
            {
                yield return new($"{Product} beside, all limits", other, ProductAccess.OfAUserAndATeam);
            }
        }
    }

    private static async Task<Measurements> MeasureAsync(Launcher launcher, IReadOnlyList<ProductVariant> products, RunSettings settings, bool hasLatencies)
    {
        var at = TimeProvider.System.GetUtcNow();
        var loadBefore = LoadAverage();
        await using var upstream = await launcher.StartUpstreamAsync();
        Func<Task<Candidate>>[] starts =
        [
            () => launcher.StartYardstickAsync("yarp", upstream),
            () => launcher.StartYardstickAsync("minimal", upstream),
            .. products.Select<ProductVariant, Func<Task<Candidate>>>(product => () => launcher.StartProductAsync(product, upstream)),
        ];
        var startSeconds = await StartTimesAsync(starts, settings.Rounds);
        var candidates = new List<Candidate>();
        try
        {
            foreach (var start in starts)
            {
                candidates.Add(await start());
            }

            var comparison = new Comparison(candidates, upstream, settings);
            comparison.WarmUp();
            var loads = comparison.Loads();
            var latencies = hasLatencies ? comparison.Latencies(loads) : [];
            var footprints = comparison.Footprints(startSeconds);
            var machine = new Machine(
                at, Environment.ProcessorCount, Cpu(), Kernel(), RuntimeInformation.FrameworkDescription, loadBefore, LoadAverage());
            return new Measurements(machine, settings, loads, latencies, footprints, Budgets(loads, latencies, footprints));
        }
        finally
        {
            foreach (var candidate in candidates)
            {
                await candidate.DisposeAsync();
            }
        }
    }

    /// <summary>Each start is a process of its own, with nothing left by the one before.</summary>
    private static async Task<Dictionary<string, double>> StartTimesAsync(IReadOnlyList<Func<Task<Candidate>>> starts, int rounds)
    {
        var seconds = new List<(string Name, double Seconds)>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var start in starts)
            {
                await using var candidate = await start();
                seconds.Add((candidate.Name, candidate.StartToFirstAnswer.TotalSeconds));
            }
        }

        return seconds.GroupBy(s => s.Name).ToDictionary(g => g.Key, g => Statistics.Median(g.Select(s => s.Seconds)));
    }

    private static List<Budget> Budgets(
        IReadOnlyList<LoadRow> loads, IReadOnlyList<LatencyRow> latencies, IReadOnlyList<FootprintRow> footprints)
    {
        var budgets = new List<Budget>();
        foreach (var scenario in loads.GroupBy(l => l.Scenario))
        {
            var yarp = scenario.First(l => l.Candidate == "yarp");
            var ours = scenario.First(l => l.Candidate == Product);
            budgets.Add(new Budget($"{scenario.Key}: CPU × YARP", ours.CpuMicrosecondsPerRequest / yarp.CpuMicrosecondsPerRequest, 1.3, true));
            budgets.Add(new Budget($"{scenario.Key}: requests/s × YARP", ours.RequestsPerSecond / yarp.RequestsPerSecond, 0.6, false));
        }

        var footprint = footprints.First(f => f.Candidate == Product);
        if (latencies.FirstOrDefault(l => l.Candidate == Product) is { } latency)
        {
            budgets.Add(new Budget("added p50, paired, ms", latency.PairedAddedMedian, 0.4, true));
            budgets.Add(new Budget("added p99 at half load, ms", latency.HalfLoadAddedP99, 2, true));
        }

        budgets.Add(new Budget("RSS after 100,000 requests, MB", footprint.ResidentMegabytes, 250, true));
        budgets.Add(new Budget("start to first answer, s", footprint.StartToFirstAnswerSeconds, 3, true));
        return budgets;
    }

    /// <summary>The machine as it is now.</summary>
    /// <param name="before">Its load average before the run.</param>
    internal static Machine MachineNow(double before) => new(
        TimeProvider.System.GetUtcNow(), Environment.ProcessorCount, Cpu(), Kernel(), RuntimeInformation.FrameworkDescription, before, LoadAverage());

    internal static string FindRepository()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ProxyCluster.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Run this inside the repository.");
    }

    internal static double LoadAverage() =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    private static string Cpu() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Kernel() => $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim().Split('-')[0]}";
}
