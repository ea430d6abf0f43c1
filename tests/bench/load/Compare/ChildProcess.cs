using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>A process that the comparison started and will end, by its id.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const double TicksPerSecond = 100; // USER_HZ, fixed in Linux's interface to user space.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _logFile;

    private ChildProcess(Process process, string logFile)
    {
        _process = process;
        _logFile = logFile;
    }

    /// <summary>The end of what the process printed, for an error message.</summary>
    public string LogTail
    {
        get
        {
            var lines = File.ReadAllLines(_logFile);
            return string.Join('\n', lines.TakeLast(20));
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>User and system time so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            // The name in brackets may hold anything; the fields are counted from behind it.
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    /// <summary>Resident memory.</summary>
    public double ResidentMegabytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
        }
    }

    /// <summary>Starts a program with its output in a file, so that no pipe can fill up and slow it.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string workingDirectory, string logFile)
    {
        // The shell execs the program: it keeps the shell's id.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = workingDirectory };
        foreach (var argument in new[] { "-c", "exec \"$@\" > \"$LOG\" 2>&1", "sh", program }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LOG"] = logFile;
        return new ChildProcess(Process.Start(start)!, logFile);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Terminate);
            using var patience = new CancellationTokenSource(Grace);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);
}
