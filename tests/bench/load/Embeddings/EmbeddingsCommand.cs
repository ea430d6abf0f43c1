using System.Globalization;
using System.Text;
using ProxyCluster.Bench.Load.Compare;
using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Embeddings;

/// <summary>Embeddings with and without joining, side by side in one run: calls sent, CPU, latency.</summary>
internal static class EmbeddingsCommand
{
    private const int IdlePairs = 1000;

    private static readonly TimeSpan IdleGap = TimeSpan.FromMilliseconds(4);
    private static readonly int[] Connections = [4, 16, 64];

    public static async Task<int> RunAsync(CommandOptions options)
    {
        var repository = CompareCommand.FindRepository();
        var seconds = options.Number("seconds", 4);
        var rounds = options.Int("rounds", 3);
        var workspace = Directory.CreateTempSubdirectory("proxycluster-bench-").FullName;
        try
        {
            var published = options.Text("silo") ?? await Launcher.PublishAsync(repository, Path.Combine(workspace, "silo"));
            var launcher = new Launcher(workspace);
            using var upstream = new EmbeddingsUpstream(
                TimeSpan.FromMilliseconds(options.Number("call-ms", 30)), TimeSpan.FromMilliseconds(options.Number("input-ms", 0.5)));
            await using var joined = await launcher.StartForEmbeddingsAsync(published, "joined", upstream.Url, isJoined: true);
            await using var apart = await launcher.StartForEmbeddingsAsync(published, "one by one", upstream.Url, isJoined: false);

            var report = Measure([joined, apart], upstream, rounds, TimeSpan.FromSeconds(seconds), options);
            await Console.Out.WriteLineAsync(report);
            var output = Directory.CreateDirectory(options.Text("output") ?? Path.Combine(repository, "tests/bench/results")).FullName;
            var name = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture);
            await File.WriteAllTextAsync(Path.Combine(output, $"{name}-embeddings.md"), report);
            return 0;
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    private static string Measure(Candidate[] candidates, EmbeddingsUpstream upstream, int rounds, TimeSpan duration, CommandOptions options)
    {
        var machine = CompareCommand.MachineNow(before: CompareCommand.LoadAverage());
        foreach (var candidate in candidates)
        {
            LoadGenerator.Closed(candidate.Target(RequestKind.Embeddings), 16, duration);
        }

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Embeddings, {machine.At:yyyy-MM-dd HH:mm} UTC\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"{machine.Cores} cores ({machine.Cpu}), {machine.Kernel}, {machine.Runtime}; load average {machine.LoadAverageBefore:F1} before.");
        text.AppendLine(CultureInfo.InvariantCulture, $"Medians of {rounds} interleaved rounds of {duration.TotalSeconds:F0} s; upstream, gateways and load generator share the machine. One input of");
        text.AppendLine(CultureInfo.InvariantCulture, $"about 60 tokens a request, vectors of 1,536 numbers; the upstream takes {options.Number("call-ms", 30)} ms a call and {options.Number("input-ms", 0.5)} ms an input. Default settings.\n");
        text.AppendLine("| closed loop | gateway | requests/s | p50 ms | p99 ms | calls sent per 1,000 inputs | CPU µs/request | failed |");
        text.AppendLine("|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (var connections in Connections)
        {
            var rows = candidates.ToDictionary(static candidate => candidate, static _ => new List<Row>());
            for (var round = 0; round < rounds; round++)
            {
                foreach (var candidate in candidates)
                {
                    rows[candidate].Add(Load(candidate, upstream, connections, duration));
                }
            }

            foreach (var candidate in candidates)
            {
                text.AppendLine(Line(connections, candidate.Name, rows[candidate]));
            }
        }

        upstream.AnswerAtOnce();
        var idle = LoadGenerator.Paired(candidates[1].Target(RequestKind.Embeddings), candidates[0].Target(RequestKind.Embeddings), IdlePairs, IdleGap);
        text.AppendLine(CultureInfo.InvariantCulture, $"\nOn an idle gateway, {IdlePairs} pairs, with an upstream that answers at once: joining adds {Statistics.Median(idle.Total):F3} ms to the median request.");
        return text.ToString();
    }

    private static Row Load(Candidate candidate, EmbeddingsUpstream upstream, int connections, TimeSpan duration)
    {
        var (calls, inputs, cpu) = (upstream.Calls, upstream.Inputs, candidate.Process.CpuTime);
        var load = LoadGenerator.Closed(candidate.Target(RequestKind.Embeddings), connections, duration);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{connections} connections, {candidate.Name}: {load.RequestsPerSecond:F0}/s {load.LastFailure}"));
        return new Row(
            load,
            1000.0 * (upstream.Calls - calls) / (upstream.Inputs - inputs),
            (candidate.Process.CpuTime - cpu).TotalMicroseconds / load.Requests);
    }

    private static string Line(int connections, string name, List<Row> rows) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {connections} connections | {name} | {Median(rows, static row => row.Load.RequestsPerSecond):N0} | {Median(rows, static row => row.Load.P50):F1} | "
        + $"{Median(rows, static row => row.Load.P99):F1} | {Median(rows, static row => row.CallsPerThousand):F0} | {Median(rows, static row => row.CpuMicroseconds):F0} | "
        + $"{rows.Sum(static row => row.Load.Failures)} |");

    private static double Median(List<Row> rows, Func<Row, double> value) => Statistics.Median(rows.Select(value));

    private sealed record Row(LoadResult Load, double CallsPerThousand, double CpuMicroseconds);
}
