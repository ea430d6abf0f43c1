using System.Globalization;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>How busy all cores were, by the kernel's counters (<c>/proc/stat</c>, proc(5)).</summary>
internal readonly record struct MachineCpu(long Idle, long Total)
{
    public static MachineCpu Now()
    {
        const int IdleField = 3;
        const int WaitingForDiskField = 4;

        // Guest time, behind the first eight, is contained in user time.
        const int Fields = 8;
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Take(Fields).Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return new MachineCpu(times[IdleField] + times[WaitingForDiskField], times.Sum());
    }

    /// <summary>The share of all cores' time that was in use since then, 0 to 1.</summary>
    public double BusySince(MachineCpu before) => 1 - ((double)(Idle - before.Idle) / Math.Max(1, Total - before.Total));
}
