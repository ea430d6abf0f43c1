using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>The measurements as tables.</summary>
internal static class Report
{
    public static string Markdown(Measurements measurements)
    {
        var text = new StringBuilder();
        var machine = measurements.Machine;
        var settings = measurements.Settings;
        Line(text, $"# {machine.At:yyyy-MM-dd HH:mm} UTC");
        Line(text, $"");
        Line(text, $"{machine.Cores} cores ({machine.Cpu}), {machine.Kernel}, {machine.Runtime}; load average {machine.LoadAverageBefore:F1} before, {machine.LoadAverageAfter:F1} after.");
        Line(text, $"Medians of {settings.Rounds} interleaved rounds of {settings.SecondsPerRound:0.#} s; upstream, proxies and load generator share the machine. Requests of 872 bytes, answers of 600.");
        Line(text, $"");
        Loads(text, measurements.Loads);
        if (measurements.Latencies.Count > 0)
        {
            Latencies(text, measurements.Latencies);
        }

        Line(text, $"");
        Line(text, $"| proxy | RSS MB | after requests | start to first answer s |");
        Line(text, $"|---|---:|---:|---:|");
        foreach (var row in measurements.Footprints)
        {
            Line(text, $"| {row.Candidate} | {row.ResidentMegabytes:F0} | {row.Requests:N0} | {row.StartToFirstAnswerSeconds:F2} |");
        }

        Line(text, $"");
        Line(text, $"| budget | measured | bound | kept |");
        Line(text, $"|---|---:|---:|---|");
        foreach (var budget in measurements.Budgets)
        {
            Line(text, $"| {budget.What} | {budget.Measured:F2} | {(budget.IsUpperBound ? "≤" : "≥")} {budget.Bound:F2} | {(budget.Kept ? "yes" : "**no**")} |");
        }

        return text.ToString();
    }

    private static void Loads(StringBuilder text, IReadOnlyList<LoadRow> loads)
    {
        foreach (var scenario in loads.GroupBy(l => l.Scenario))
        {
            Line(text, $"## {scenario.Key}");
            Line(text, $"");
            Line(text, $"| proxy | requests/s | p50 ms | p99 ms | first byte p50 ms | CPU µs/request (range) | × YARP | allocated B/request | collections | failed |");
            Line(text, $"|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
            var yarp = scenario.First(l => l.Candidate == "yarp").CpuMicrosecondsPerRequest;
            foreach (var row in scenario)
            {
                Line(text, $"| {row.Candidate} | {row.RequestsPerSecond:N0} | {row.P50Milliseconds:F2} | {row.P99Milliseconds:F2} | {row.FirstByteP50Milliseconds:F2} | {row.CpuMicrosecondsPerRequest:F1} ({row.CpuMicrosecondsLowest:F1}–{row.CpuMicrosecondsHighest:F1}) | {row.CpuMicrosecondsPerRequest / yarp:F2} | {Told(row.AllocatedBytesPerRequest)} | {Told(row.Collections)} | {row.Failures} |");
            }

            Line(text, $"");
        }
    }

    private static string Told(double? figure) => figure?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";

    private static void Latencies(StringBuilder text, IReadOnlyList<LatencyRow> latencies)
    {
        Line(text, $"Half load is the open loop's rate at which half of the machine's processor time is in use. Half of the closed loop's rate is more: there, one wake-up serves many requests.");
        Line(text, $"At either rate direct calls go out beside those through the proxy, at a tenth of their rate; added is p99 less p99.");
        Line(text, $"");
        Line(text, $"| proxy | added p50 ms, paired | added first byte of a stream ms, paired | half load, requests/s | added p99 ms | half of the closed loop, requests/s | added p99 ms |");
        Line(text, $"|---|---:|---:|---:|---:|---:|---:|");
        foreach (var row in latencies)
        {
            Line(text, $"| {row.Candidate} | {row.PairedAddedMedian:F3} | {row.PairedAddedFirstByteOfStream:F3} | {row.HalfLoadRequestsPerSecond:F0} | {row.HalfLoadAddedP99:F2} | {row.ClosedHalfRequestsPerSecond:F0} | {row.ClosedHalfAddedP99:F2} |");
        }
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
