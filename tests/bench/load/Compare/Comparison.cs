using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>The rounds: each scenario for each candidate in turn, again and again, so that a slow minute hits all of them.</summary>
internal sealed class Comparison(IReadOnlyList<Candidate> candidates, Candidate upstream, RunSettings settings)
{
    private const int PairsPerRound = 400;
    private const long FootprintRequests = 100_000;
    private static readonly TimeSpan PairGap = TimeSpan.FromMilliseconds(4);

    private static readonly (string Name, RequestKind Kind, int Connections)[] Scenarios =
    [
        ("whole, 16 connections", RequestKind.Whole, 16),
        ("whole, 64 connections", RequestKind.Whole, 64),
        ("stream of 50 events, 16 connections", RequestKind.Stream, 16),
        ("64 streams, 10 ms an event", RequestKind.Paced, 64),
    ];

    private TimeSpan Round => TimeSpan.FromSeconds(settings.SecondsPerRound);

    /// <summary>Lets the compiler reach its last tier.</summary>
    public void WarmUp()
    {
        foreach (var kind in new[] { RequestKind.Whole, RequestKind.Stream, RequestKind.Paced })
        {
            foreach (var candidate in candidates)
            {
                Note($"warm-up, {kind}: {candidate.Name}");
                Measure(candidate, kind, 16, TimeSpan.FromSeconds(kind == RequestKind.Whole ? settings.WarmUpSeconds : settings.WarmUpSeconds / 2));
            }
        }
    }

    public IReadOnlyList<LoadRow> Loads()
    {
        var rows = new List<LoadRow>();
        foreach (var (name, kind, connections) in Scenarios)
        {
            var rounds = candidates.ToDictionary(c => c, _ => new List<(LoadResult Load, double Cpu)>());
            var before = candidates.ToDictionary(c => c, c => c.Gc);
            for (var round = 1; round <= settings.Rounds; round++)
            {
                foreach (var candidate in candidates)
                {
                    var measured = Measure(candidate, kind, connections, Round);
                    rounds[candidate].Add(measured);
                    Note($"{name}, round {round}, {candidate.Name}: {measured.Load.RequestsPerSecond:F0}/s, {measured.Cpu:F1} µs");
                }
            }

            rows.AddRange(candidates.Select(c => Row(name, c, rounds[c], c.Gc - before[c])));
        }

        return rows;
    }

    public IReadOnlyList<LatencyRow> Latencies(IReadOnlyList<LoadRow> loads)
    {
        var samples = candidates.ToDictionary(c => c, c => new LatencySamples(ClosedLoopRate(loads, c) / 2));
        foreach (var candidate in candidates)
        {
            var rate = HalfLoad.Rate(candidate.Target(RequestKind.Whole), ClosedLoopRate(loads, candidate));
            samples[candidate].HalfLoadRate = rate;
            Note($"half load, {candidate.Name}: {rate:F0}/s");
        }

        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var candidate in candidates)
            {
                Sample(candidate, samples[candidate]);
                Note($"latency, round {round}, {candidate.Name}: added p99 {samples[candidate].HalfLoad[^1]:F2} ms at half load");
            }
        }

        return [.. candidates.Select(c => samples[c].Row(c.Name))];
    }

    public IReadOnlyList<FootprintRow> Footprints(IReadOnlyDictionary<string, double> startSeconds)
    {
        foreach (var candidate in candidates.Where(c => c.Answered < FootprintRequests))
        {
            candidate.Answered += LoadGenerator.Count(candidate.Target(RequestKind.Whole), 16, FootprintRequests - candidate.Answered).Requests;
        }

        return [.. candidates.Select(c => new FootprintRow(c.Name, c.Process.ResidentMegabytes, c.Answered, startSeconds[c.Name]))];
    }

    private static double ClosedLoopRate(IReadOnlyList<LoadRow> loads, Candidate candidate) =>
        loads.First(l => l.Candidate == candidate.Name && l.Scenario == Scenarios[0].Name).RequestsPerSecond;

    private void Sample(Candidate candidate, LatencySamples samples)
    {
        var (direct, through) = (upstream.Target(RequestKind.Whole), candidate.Target(RequestKind.Whole));
        samples.Paired.Add(Statistics.Median(LoadGenerator.Paired(direct, through, PairsPerRound, PairGap).Total));
        samples.FirstByte.Add(Statistics.Median(
            LoadGenerator.Paired(upstream.Target(RequestKind.Stream), candidate.Target(RequestKind.Stream), PairsPerRound, PairGap).FirstByte));
        candidate.Answered += PairsPerRound * 2;
        foreach (var (rate, added) in new[] { (samples.HalfLoadRate, samples.HalfLoad), (samples.ClosedHalfRate, samples.ClosedHalf) })
        {
            var measured = HalfLoad.Measure(direct, through, Round, rate);
            added.Add(measured.AddedP99);
            samples.Failures += measured.Through.Failures;
            candidate.Answered += measured.Through.Requests;
        }
    }

    private static (LoadResult Load, double Cpu) Measure(Candidate candidate, RequestKind kind, int connections, TimeSpan duration)
    {
        var before = candidate.Process.CpuTime;
        var load = LoadGenerator.Closed(candidate.Target(kind), connections, duration);
        var cpu = candidate.Process.CpuTime - before;
        candidate.Answered += load.Requests;
        if (load.Requests == 0)
        {
            throw new InvalidOperationException($"{candidate.Name} answered nothing: {load.LastFailure}\n{candidate.Process.LogTail}");
        }

        return (load, cpu.TotalMicroseconds / load.Requests);
    }

    private static LoadRow Row(string scenario, Candidate candidate, List<(LoadResult Load, double Cpu)> rounds, GcFigures? gc) => new(
        scenario,
        candidate.Name,
        Statistics.Median(rounds.Select(r => r.Load.RequestsPerSecond)),
        Statistics.Median(rounds.Select(r => r.Load.P50)),
        Statistics.Median(rounds.Select(r => r.Load.P99)),
        Statistics.Median(rounds.Select(r => r.Load.FirstByteP50)),
        Statistics.Median(rounds.Select(r => r.Cpu)),
        rounds.Min(r => r.Cpu),
        rounds.Max(r => r.Cpu),
        gc?.AllocatedBytes / rounds.Sum(r => r.Load.Requests),
        gc?.Collections,
        rounds.Sum(r => r.Load.Failures));

    private static void Note(string line) => Console.Error.WriteLine(line);
}
