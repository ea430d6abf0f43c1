using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ProxyCluster.Tests.Fuzz.Engine;
using ProxyCluster.Tests.Fuzz.Targets;

namespace ProxyCluster.Tests.Fuzz.Probing;

/// <summary>What is done with the product that has probes. Called through <see cref="ProbedContext.Start"/>, which says what the parameters are.</summary>
internal static class ProbedRun
{
    /// <summary>A planted bug has to be found within so many inputs.</summary>
    public const int MostInputs = 100_000;

    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    /// <summary>What the kept corpus reaches of each parser.</summary>
    /// <param name="argument"><c>(string Corpora, string Targets)</c>: the folder of all corpora, and names with commas between them.</param>
    /// <returns><c>List&lt;(string Target, string[] Parser, int Lines, string[] Missed)&gt;</c>.</returns>
    public static object Cover(byte[] hits, Array[] map, Action<int> plant, object argument)
    {
        var probes = new Probes(hits, ProbeMap.From(map), plant);
        var (corpora, names) = ((string, string))argument;
        var wanted = names.Split(',');
        var covered = new List<(string, string[], int, string[])>();
        foreach (var target in AllTargets.Create().Where(target => wanted.Contains(target.Name, StringComparer.Ordinal)))
        {
            probes.Clear();
            foreach (var (_, bytes) in Corpus.Load(Path.Combine(corpora, target.Name)))
            {
                // Whether it is withstood is another test's affair.
                _ = Throws(target, bytes);
            }

            var coverage = probes.CoverageOf(target.Parser);
            covered.Add((target.Name, [.. target.Parser], coverage.Lines, [.. coverage.Missed]));
        }

        return covered;
    }

    /// <summary>Finds names of parsers that name nothing: their files or methods are called otherwise now.</summary>
    /// <param name="argument"><c>string[]</c>: the names.</param>
    /// <returns><c>string[]</c>.</returns>
    public static object FindUnknown(byte[] hits, Array[] map, Action<int> plant, object argument)
    {
        var probes = new Probes(hits, ProbeMap.From(map), plant);
        return ((string[])argument).Where(name => probes.CoverageOf([name]).Lines == 0).ToArray();
    }

    /// <summary>Looks for a target's planted bug.</summary>
    /// <param name="argument"><c>(string Corpora, string Target)</c>.</param>
    /// <returns><c>(long Inputs, string? Fault)</c>: how many mutations it took, or what is wrong.</returns>
    public static object FindPlanted(byte[] hits, Array[] map, Action<int> plant, object argument)
    {
        var (corpora, name) = ((string, string))argument;
        var probes = new Probes(hits, ProbeMap.From(map), plant);
        var targets = AllTargets.Create();
        var target = targets.Single(target => target.Name == name);

        // Two targets may have one parser, and one bug.
        var number = targets.TakeWhile(other => other.Planted != target.Planted).Count() + 1;
        var corpus = Corpus.Load(Path.Combine(corpora, name));
        probes.Clear();
        probes.Plant(number);
        try
        {
            // Inputs that were kept because they once found such a bug are left out: it is the mutations that have to.
            byte[][] innocent = [.. corpus.Select(static kept => kept.Bytes).Where(bytes => !Throws(target, bytes))];
            if (innocent.Length <= corpus.Count / 2)
            {
                return (0L, $"{name}: most of the kept inputs find '{target.Planted}' without any mutation.");
            }

            var report = new Fuzzer(target, innocent, probes)
                .Run(static sofar => sofar.Findings.Count == 0 && sofar.Inputs < MostInputs, seed: 1);
            if (report.Findings.Count == 0)
            {
                return (report.Inputs, $"{name}: '{target.Planted}' was not found in {report.Inputs} inputs.");
            }

            probes.Plant(0);
            return (report.Inputs, FaultOf(target, report.Findings[0].Input) is { } fault ? $"{name}: {fault} without a planted bug." : null);
        }
        finally
        {
            probes.Plant(0);
        }
    }

    /// <summary>Feeds a target for a time.</summary>
    /// <param name="argument"><c>(string Corpora, string Target, double Seconds, int Seed, string Findings, string? Kept)</c>.</param>
    /// <returns>How many findings there were.</returns>
    public static object Feed(byte[] hits, Array[] map, Action<int> plant, object argument)
    {
        var (corpora, name, seconds, seed, findings, kept) = ((string, string, double, int, string, string?))argument;
        var probes = new Probes(hits, ProbeMap.From(map), plant);
        var target = AllTargets.Create().Single(t => t.Name == name);
        probes.Clear();
        var current = Array.Empty<byte>();
        var startedAt = 0L;
        using var watchdog = new Timer(
            _ =>
            {
                if (Volatile.Read(ref startedAt) is not 0 and var started && Stopwatch.GetElapsedTime(started) > Hang)
                {
                    Console.Error.WriteLine($"{name}: no answer within {Hang.TotalSeconds:F0} s\n  input: {Save(findings, name, current)}");
                    Environment.Exit(1);
                }
            },
            null,
            Hang,
            Hang / 2);
        var began = Stopwatch.GetTimestamp();
        var fuzzer = new Fuzzer(target, [.. Corpus.Load(Path.Combine(corpora, name)).Select(static c => c.Bytes)], probes)
        {
            Begins = input =>
            {
                current = input;
                Volatile.Write(ref startedAt, Stopwatch.GetTimestamp());
            },
            Reaches = input =>
            {
                if (kept is not null && Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(1))
                {
                    Save(Path.Combine(kept, name), "reached", input);
                }
            },
            Finds = finding => Console.Error.WriteLine($"{name}: {finding.Exception}\n  input: {Save(findings, name, finding.Input)}"),
        };
        var report = fuzzer.Run(_ => Stopwatch.GetElapsedTime(began).TotalSeconds < seconds, seed);
        Volatile.Write(ref startedAt, 0);
        var coverage = probes.CoverageOf(target.Parser);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name}: {seconds:F0} s, {report.Inputs:N0} inputs, {coverage.Percent:F1} % of {coverage.Lines} lines, {report.Findings.Count} findings"));
        return report.Findings.Count;
    }

    private static bool Throws(FuzzTarget target, byte[] input) => FaultOf(target, input) is not null;

    private static Exception? FaultOf(FuzzTarget target, byte[] input)
    {
        try
        {
            _ = target.Run(input);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static string Save(string folder, string name, byte[] input)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(input))[..16];
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, $"{name}-{hash}");
        File.WriteAllBytes(path, input);
        return path;
    }
}
