using System.Runtime.InteropServices;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Runs a host to its end in a process of its own: signals, faults at the start, exit codes.</summary>
internal static class HostRunner
{
    private static readonly TimeSpan HurriedEnd = TimeSpan.FromSeconds(5);

    /// <summary>Starts the host and waits for its end.</summary>
    /// <returns>
    /// 0: it ended as it was told to; 1: it could not start, or found out too late that it could not; 2: bad arguments; 3: it was
    /// told twice and did not end in time; 75: it was asked to end for a restart.
    /// </returns>
    public static Task<int> RunAsync(Func<WebApplication> create, string usage) => ExitCodeOfAsync(
        async () =>
        {
            await using var app = create();
            await StartAsync(app);
            return await RunToEndAsync(app);
        },
        usage);

    /// <summary>Turns faults that an operator can mend into a sentence and an exit code, as <see cref="RunAsync"/> has them.</summary>
    public static async Task<int> ExitCodeOfAsync(Func<Task<int>> run, string usage)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (StartFault.Describe(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync(KnownSecrets.OfProcess.Redact(sentence));
            return 1;
        }
        catch (UsageFault fault)
        {
            await Console.Error.WriteLineAsync($"{fault.Message}\n{usage}");
            return 2;
        }
    }

    /// <summary>Starts the host. What has started is stopped in order, also where something after it could not.</summary>
    public static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.StopAsync();
            throw;
        }
    }

    /// <summary>Waits until a signal or the host itself ends it.</summary>
    /// <returns>The exit code: 0, or that of a <see cref="RestartRequest"/>.</returns>
    /// <exception cref="StartFault">It ended itself, for a fault that showed late.</exception>
    public static async Task<int> RunToEndAsync(WebApplication app)
    {
        var coordinator = app.Services.GetRequiredService<DrainCoordinator>();
        var signals = 0;
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        await app.WaitForShutdownAsync();
        if (app.Services.GetRequiredService<LateFault>().Fault is { } fault)
        {
            throw fault;
        }

        return app.Services.GetRequiredService<RestartRequest>().IsMade ? RestartRequest.ExitCode : 0;

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            coordinator.Stop();
            if (Interlocked.Increment(ref signals) == 2)
            {
                _ = EndAsync();
            }
        }
    }

    private static async Task EndAsync()
    {
        await Task.Delay(HurriedEnd, TimeProvider.System);
        Environment.Exit(3);
    }
}

/// <summary>The host's own handling of signals is replaced by <see cref="HostRunner"/>: a host inside a test takes none.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
