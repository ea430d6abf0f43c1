using System.Globalization;
using System.Runtime.InteropServices;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>
/// Takes from a process that it can write to files, and gives it back: what a full disk does to it, without a disk
/// (<c>RLIMIT_FSIZE</c>, set from outside by <c>prlimit</c> of util-linux).
/// </summary>
public static partial class DiskLimit
{
    private const int SigXfsz = 25;
    private const nint Ignored = 1;

    /// <summary>
    /// Call it before the process is started: the kernel's signal of a write that is too large, which a full disk does not
    /// send, is ignored by all that this process starts from now on.
    /// </summary>
    public static void Prepare() => Signal(SigXfsz, Ignored);

    /// <summary>Every write to a file fails from now on; sockets and pipes go on.</summary>
    /// <param name="process">A process that was started after <see cref="Prepare"/>.</param>
    public static Task FillAsync(ChildProcess process) => SetAsync(process, "0");

    /// <summary>There is room again.</summary>
    /// <param name="process">The process.</param>
    public static Task FreeAsync(ChildProcess process) => SetAsync(process, "unlimited");

    private static async Task SetAsync(ChildProcess process, string bytes)
    {
        await using var limiter = ChildProcess.Start(
            "prlimit", ["--pid", process.Id.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:"]);
        await limiter.Exited;
        if (limiter.ExitCode != 0)
        {
            throw new InvalidOperationException("prlimit: " + limiter.Output);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint Signal(int signal, nint handler);
}
