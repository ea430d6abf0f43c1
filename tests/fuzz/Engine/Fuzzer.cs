using System.Diagnostics;
using ProxyCluster.Tests.Fuzz.Probing;
using ProxyCluster.Tests.Fuzz.Targets;

namespace ProxyCluster.Tests.Fuzz.Engine;

/// <summary>Feeds one target with mutations of its corpus. The same seed feeds the same inputs.</summary>
/// <param name="target">What is fed.</param>
/// <param name="corpus">What is mutated at first.</param>
/// <param name="probes">Tell what an input reached.</param>
internal sealed class Fuzzer(FuzzTarget target, IReadOnlyList<byte[]> corpus, Probes probes)
{
    private const int LargestPool = 4096;

    // What a parser may allocate for an input, over all its runs within one target: some feed an input to every provider.
    private const long AllocationFloor = 16 * 1024 * 1024;
    private const long AllocationPerByte = 8 * 1024;

    private readonly HashSet<int> _paths = [];
    private readonly HashSet<string> _places = new(StringComparer.Ordinal);
    private readonly List<FuzzFinding> _findings = [];
    private int _reached;

    /// <summary>Called before each input, so that somebody else can tell what hangs.</summary>
    public Action<byte[]>? Begins { private get; init; }

    /// <summary>Called with each input that reached statements that none had reached before.</summary>
    public Action<byte[]>? Reaches { private get; init; }

    /// <summary>Called with each finding; only the first at one place is told.</summary>
    public Action<FuzzFinding>? Finds { private get; init; }

    /// <summary>Feeds the corpus, then mutations of it.</summary>
    /// <param name="goesOn">Takes how many mutations were tried, and says whether another one is to be.</param>
    /// <param name="seed">Of the mutations.</param>
    public FuzzReport Run(Func<FuzzReport, bool> goesOn, int seed)
    {
        var pool = corpus.ToList();
        foreach (var input in corpus)
        {
            _ = IsNew(input);
        }

        var mutator = new Mutator(new Random(seed), target.Words);
        var report = new FuzzReport(0, _findings);
        while (goesOn(report))
        {
            report = report with { Inputs = report.Inputs + 1 };
            var input = mutator.Mutate(pool);
            if (IsNew(input) && pool.Count < LargestPool)
            {
                pool.Add(input);
            }
        }

        return report;
    }

    private bool IsNew(byte[] input)
    {
        Begins?.Invoke(input);
        try
        {
            var path = Measure(input, out var allocated);
            var most = AllocationFloor + (AllocationPerByte * input.Length);

            // What is made once for all inputs is not this one's.
            if (allocated > most && Measure(input, out allocated) == path && allocated > most)
            {
                throw new InvalidDataException($"{input.Length} bytes of input cost {allocated} bytes of memory.");
            }

            return _paths.Add(path) | ReachesMore(input);
        }
        catch (Exception exception)
        {
            if (_places.Add(PlaceOf(exception)))
            {
                var finding = new FuzzFinding(input, exception);
                _findings.Add(finding);
                Finds?.Invoke(finding);
            }

            return false;
        }
    }

    private int Measure(byte[] input, out long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var path = target.Run(input);
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return path;
    }

    private bool ReachesMore(byte[] input)
    {
        var reached = probes.Reached;
        if (reached == _reached)
        {
            return false;
        }

        _reached = reached;
        Reaches?.Invoke(input);
        return true;
    }

    // One input for each place that throws: the first found is enough to mend it.
    private static string PlaceOf(Exception exception) => $"{exception.GetType()} {new StackTrace(exception).GetFrame(0)?.GetMethod()} {exception.TargetSite}";
}

/// <summary>What came of feeding a target.</summary>
/// <param name="Inputs">Mutations that were tried.</param>
/// <param name="Findings">One for each place that threw.</param>
internal sealed record FuzzReport(long Inputs, IReadOnlyList<FuzzFinding> Findings);

/// <summary>An input that the target does not withstand.</summary>
/// <param name="Input">The bytes.</param>
/// <param name="Exception">What was thrown.</param>
internal sealed record FuzzFinding(byte[] Input, Exception Exception);
