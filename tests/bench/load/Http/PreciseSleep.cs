using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ProxyCluster.Bench.Load.Http;

/// <summary>
/// Waits with the kernel's precision (about 60 µs). .NET's own waits count whole milliseconds, and spinning would take
/// one of the cores that are being measured.
/// </summary>
internal static partial class PreciseSleep
{
    /// <summary>Returns at a time of <see cref="Stopwatch.GetTimestamp"/>; at once if it has passed.</summary>
    public static void Until(long timestamp)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp);
        if (left > TimeSpan.Zero)
        {
            var wait = new TimeSpec(left.Ticks / TimeSpan.TicksPerSecond, left.Ticks % TimeSpan.TicksPerSecond * 100);
            _ = NanoSleep(in wait, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int NanoSleep(in TimeSpec wait, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
