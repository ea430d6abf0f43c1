using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>The rounds: each scenario for each candidate in turn, again and again, so that a slow minute hits all of them.</summary>
internal sealed class Comparison(IReadOnlyList<Candidate> candidates, Candidate upstream, RunSettings settings)
{
    private const int PairsPerRound = 400;
    private const int HalfLoadConnections = 64;
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
            for (var round = 1; round <= settings.Rounds; round++)
            {
                foreach (var candidate in candidates)
                {
                    var measured = Measure(candidate, kind, connections, Round);
                    rounds[candidate].Add(measured);
                    Note($"{name}, round {round}, {candidate.Name}: {measured.Load.RequestsPerSecond:F0}/s, {measured.Cpu:F1} µs");
                }
            }

            rows.AddRange(candidates.Select(c => Row(name, c, rounds[c])));
        }

        return rows;
    }

    public IReadOnlyList<LatencyRow> Latencies(IReadOnlyList<LoadRow> loads)
    {
        var paired = candidates.ToDictionary(c => c, _ => new List<double>());
        var firstBytes = candidates.ToDictionary(c => c, _ => new List<double>());
        var added = candidates.ToDictionary(c => c, _ => new List<double>());
        var failures = candidates.ToDictionary(c => c, _ => 0L);
        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var candidate in candidates)
            {
                Note($"latency, round {round}, {candidate.Name}");
                paired[candidate].Add(Statistics.Median(
                    LoadGenerator.Paired(upstream.Target(RequestKind.Whole), candidate.Target(RequestKind.Whole), PairsPerRound, PairGap).Total));
                firstBytes[candidate].Add(Statistics.Median(
                    LoadGenerator.Paired(upstream.Target(RequestKind.Stream), candidate.Target(RequestKind.Stream), PairsPerRound, PairGap).FirstByte));
                var rate = HalfLoad(loads, candidate);
                var (direct, through) = LoadGenerator.OpenBeside(
                    upstream.Target(RequestKind.Whole), candidate.Target(RequestKind.Whole), HalfLoadConnections, Round, rate);
                Note($"half load, round {round}, {candidate.Name}: p99 {through.P99:F2} ms, beside it directly {direct.P99:F2} ms");
                added[candidate].Add(through.P99 - direct.P99);
                failures[candidate] += through.Failures;
                candidate.Answered += through.Requests + (PairsPerRound * 2);
            }
        }

        return [.. candidates.Select(c => new LatencyRow(
            c.Name, Statistics.Median(paired[c]), Statistics.Median(firstBytes[c]), HalfLoad(loads, c), Statistics.Median(added[c]), failures[c]))];
    }

    public IReadOnlyList<FootprintRow> Footprints(IReadOnlyDictionary<string, double> startSeconds)
    {
        foreach (var candidate in candidates.Where(c => c.Answered < FootprintRequests))
        {
            candidate.Answered += LoadGenerator.Count(candidate.Target(RequestKind.Whole), 16, FootprintRequests - candidate.Answered).Requests;
        }

        return [.. candidates.Select(c => new FootprintRow(c.Name, c.Process.ResidentMegabytes, c.Answered, startSeconds[c.Name]))];
    }

    private static double HalfLoad(IReadOnlyList<LoadRow> loads, Candidate candidate) =>
        loads.First(l => l.Candidate == candidate.Name && l.Scenario == Scenarios[0].Name).RequestsPerSecond / 2;

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

    private static LoadRow Row(string scenario, Candidate candidate, List<(LoadResult Load, double Cpu)> rounds) => new(
        scenario,
        candidate.Name,
        Statistics.Median(rounds.Select(r => r.Load.RequestsPerSecond)),
        Statistics.Median(rounds.Select(r => r.Load.P50)),
        Statistics.Median(rounds.Select(r => r.Load.P99)),
        Statistics.Median(rounds.Select(r => r.Load.FirstByteP50)),
        Statistics.Median(rounds.Select(r => r.Cpu)),
        rounds.Min(r => r.Cpu),
        rounds.Max(r => r.Cpu),
        rounds.Sum(r => r.Load.Failures));

    private static void Note(string line) => Console.Error.WriteLine(line);
}
