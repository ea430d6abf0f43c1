namespace ProxyCluster.Bench.Load.Compare;

/// <summary>Everything one comparison found, as it is kept under <c>tests/bench/results</c>.</summary>
/// <param name="Machine">What it ran on.</param>
/// <param name="Settings">How long and how often.</param>
/// <param name="Loads">Closed loops: scenario by candidate, medians over the rounds.</param>
/// <param name="Latencies">What a candidate adds to calling the upstream itself.</param>
/// <param name="Footprints">Memory and start.</param>
/// <param name="Budgets">What was asked for, and whether it is kept.</param>
internal sealed record Measurements(
    Machine Machine,
    RunSettings Settings,
    IReadOnlyList<LoadRow> Loads,
    IReadOnlyList<LatencyRow> Latencies,
    IReadOnlyList<FootprintRow> Footprints,
    IReadOnlyList<Budget> Budgets);

/// <summary>The machine, without its name.</summary>
internal sealed record Machine(DateTimeOffset At, int Cores, string Cpu, string Kernel, string Runtime, double LoadAverageBefore, double LoadAverageAfter);

/// <summary>How the numbers were taken.</summary>
internal sealed record RunSettings(int Rounds, double SecondsPerRound, double WarmUpSeconds);

/// <summary>One candidate under one closed loop. Milliseconds and microseconds; allocations and collections where a candidate tells them.</summary>
internal sealed record LoadRow(
    string Scenario,
    string Candidate,
    double RequestsPerSecond,
    double P50Milliseconds,
    double P99Milliseconds,
    double FirstByteP50Milliseconds,
    double CpuMicrosecondsPerRequest,
    double CpuMicrosecondsLowest,
    double CpuMicrosecondsHighest,
    double? AllocatedBytesPerRequest,
    double? Collections,
    long Failures);

/// <summary>Latency added to a direct call, in milliseconds.</summary>
/// <param name="Candidate">Who.</param>
/// <param name="PairedAddedMedian">Whole answers, pair by pair.</param>
/// <param name="PairedAddedFirstByteOfStream">Until a stream's first byte, pair by pair.</param>
/// <param name="HalfLoadRequestsPerSecond">The rate of <see cref="HalfLoad"/>.</param>
/// <param name="HalfLoadAddedP99">At that rate.</param>
/// <param name="ClosedHalfRequestsPerSecond">Half the rate of the closed loop of 16 connections.</param>
/// <param name="ClosedHalfAddedP99">At that rate.</param>
/// <param name="Failures">Requests that failed in all of it.</param>
internal sealed record LatencyRow(
    string Candidate,
    double PairedAddedMedian,
    double PairedAddedFirstByteOfStream,
    double HalfLoadRequestsPerSecond,
    double HalfLoadAddedP99,
    double ClosedHalfRequestsPerSecond,
    double ClosedHalfAddedP99,
    long Failures);

/// <summary>Memory after at least 100,000 requests, and the time to the first answer.</summary>
internal sealed record FootprintRow(string Candidate, double ResidentMegabytes, long Requests, double StartToFirstAnswerSeconds);

/// <summary>One line of the budget.</summary>
internal sealed record Budget(string What, double Measured, double Bound, bool IsUpperBound)
{
    public bool Kept => IsUpperBound ? Measured <= Bound : Measured >= Bound;
}
