using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>A program under test: its output is kept, and it ends with the test, or with the test's process at the latest.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;

    private readonly Process _process;
    private bool _disposed;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Completes when the process has ended.</summary>
    public Task Exited => _process.WaitForExitAsync();

    /// <summary>Standard output and error as printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Standard error alone.</summary>
    public string Errors
    {
        get
        {
            lock (_lock)
            {
                return _errors.ToString();
            }
        }
    }

    /// <param name="program">An executable, or a DLL for <c>dotnet</c>.</param>
    /// <param name="arguments">As the program takes them.</param>
    /// <param name="environment">Added to the test's own; a null value removes a variable.</param>
    /// <param name="workingDirectory"><see langword="null"/>: the test's own.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null)
    {
        var isAssembly = program.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Environment.CurrentDirectory,
        };
        if (isAssembly)
        {
            start.ArgumentList.Add(program);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Append(line.Data, isError: false);
        child._process.ErrorDataReceived += (_, line) => child.Append(line.Data, isError: true);
        ChildGuard.Start(child._process);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until the output holds a text.</summary>
    /// <returns>The first line that holds it.</returns>
    public async Task<string> WaitForOutputAsync(string text, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            Task grown;
            lock (_lock)
            {
                grown = _grown.Task;
            }

            if (Output.Split('\n').FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            try
            {
                await Task.WhenAny(grown, Exited).WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"'{text}' was not printed within {limit.TotalSeconds} s:\n{Output}");
            }

            if (HasExited && !grown.IsCompleted)
            {
                throw new InvalidOperationException($"The process ended with {ExitCode} before it printed '{text}':\n{Output}");
            }
        }
    }

    /// <summary>Asks the process to stop (SIGTERM), and waits for nothing.</summary>
    public void Terminate() => Signal(Sigterm);

    /// <summary>Asks the process to stop (SIGTERM) and waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(TimeSpan? limit = null)
    {
        Signal(Sigterm);
        try
        {
            await Exited.WaitAsync(limit ?? TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            Signal(Sigkill);
            await Exited;
            throw new TimeoutException($"The process did not stop by itself:\n{Output}");
        }

        return ExitCode;
    }

    /// <summary>Ends the process without warning (<c>kill -9</c>).</summary>
    public async Task KillAsync()
    {
        Signal(Sigkill);
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        // A process that is disposed of raises no event any more.
        ChildGuard.Forget(_process.Id);
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            // By the id of the process started here, which is not reused before it is waited for.
            _ = Kill(_process.Id, signal);
        }
    }

    private void Append(string? line, bool isError)
    {
        if (line is null)
        {
            return;
        }

        TaskCompletionSource grown;
        lock (_lock)
        {
            _output.Append(line).Append('\n');
            if (isError)
            {
                _errors.Append(line).Append('\n');
            }

            grown = _grown;
            _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        grown.SetResult();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int processId, int signal);
}
