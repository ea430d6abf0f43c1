using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ProxyCluster.Tests.Fuzz.Targets;

namespace ProxyCluster.Tests.Fuzz.Engine;

/// <summary>Feeds one target with mutations of its corpus until the time is over.</summary>
internal sealed class Fuzzer(FuzzTarget target, string corpusFolder, string findingsFolder)
{
    private const int LargestPool = 4096;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    private byte[] _current = [];
    private long _startedAt;

    /// <summary>Runs for a time.</summary>
    /// <returns>How many inputs were tried, and how many of them were findings.</returns>
    public (long Inputs, int Findings) Run(TimeSpan duration, int seed)
    {
        using var watchdog = new Timer(_ => EndOnHang(), null, Hang, Hang / 2);
        var pool = Corpus.Load(corpusFolder).Select(c => c.Bytes).ToList();
        var seen = new HashSet<int>();
        var findings = new HashSet<string>(StringComparer.Ordinal);
        foreach (var input in pool)
        {
            Try(input, seen, findings);
        }

        var mutator = new Mutator(new Random(seed), target.Words);
        var began = Stopwatch.GetTimestamp();
        var inputs = 0L;
        for (; Stopwatch.GetElapsedTime(began) < duration; inputs++)
        {
            var input = mutator.Mutate(pool);
            if (Try(input, seen, findings) && pool.Count < LargestPool)
            {
                pool.Add(input);
            }
        }

        Volatile.Write(ref _startedAt, 0);
        return (inputs, findings.Count);
    }

    private bool Try(byte[] input, HashSet<int> seen, HashSet<string> findings)
    {
        _current = input;
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        try
        {
            return seen.Add(target.Run(input));
        }
        catch (Exception e)
        {
            // One input for each place that throws: the first found is enough to mend it.
            if (findings.Add($"{e.GetType()} {new StackTrace(e).GetFrame(0)?.GetMethod()} {e.TargetSite}"))
            {
                Console.Error.WriteLine($"{target.Name}: {e}\n  input: {Save(input)}");
            }

            return false;
        }
    }

    private void EndOnHang()
    {
        var started = Volatile.Read(ref _startedAt);
        if (started != 0 && Stopwatch.GetElapsedTime(started) > Hang)
        {
            Console.Error.WriteLine($"{target.Name}: no answer within {Hang.TotalSeconds:F0} s\n  input: {Save(_current)}");
            Environment.Exit(1);
        }
    }

    private string Save(byte[] input)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(input))[..16];
        var path = Path.Combine(Directory.CreateDirectory(findingsFolder).FullName, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{name}"));
        File.WriteAllBytes(path, input);
        return path;
    }
}
