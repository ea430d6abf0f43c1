using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Runs a host to its end in a process of its own: signals, faults at the start, exit codes.</summary>
internal static partial class HostRunner
{
    /// <summary>The exit code of a process that was told twice to stop and did not end in time.</summary>
    public const int DidNotEnd = 3;

    /// <summary>Starts the host and waits for its end.</summary>
    /// <returns>
    /// 0: it ended as it was told to; 1: it could not start, or found out too late that it could not; 2: bad arguments;
    /// <see cref="DidNotEnd"/>; 75: it was asked to end for a restart.
    /// </returns>
    public static Task<int> RunAsync(Func<WebApplication> create, string usage) => ExitCodeOfAsync(
        async signals =>
        {
            await using var app = create();
            return await TryStartAsync(app, signals) ? await RunToEndAsync(app) : 0;
        },
        usage);

    /// <summary>Turns faults that an operator can mend into a sentence and an exit code, as <see cref="RunAsync"/> has them.</summary>
    /// <param name="run">Starts hosts and waits for their end. Signals are taken all the while.</param>
    /// <param name="usage">What is said where the arguments are bad.</param>
    public static async Task<int> ExitCodeOfAsync(Func<StopSignals, Task<int>> run, string usage)
    {
        using var signals = new StopSignals();
        try
        {
            return await run(signals);
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

    /// <summary>Starts the host, which signals stop from now on. What has started is stopped in order, also where something after it could not.</summary>
    /// <returns><see langword="false"/>: it was told to stop before it was up.</returns>
    public static async Task<bool> TryStartAsync(WebApplication app, StopSignals signals)
    {
        if (signals.AreTaken)
        {
            return false;
        }

        signals.SendTo(app.Services.GetRequiredService<DrainCoordinator>());
        try
        {
            await app.StartAsync();
            return true;
        }
        catch (Exception) when (signals.AreTaken)
        {
            // Whatever could not be finished: nobody waits for it any more.
            await StopStartedAsync(app);
            return false;
        }
        catch
        {
            await StopStartedAsync(app);
            throw;
        }
    }

    // A silo that is not up refuses to be stopped, which must hide neither why it is not up nor that it was told to stop.
    private static async Task StopStartedAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception exception)
        {
            LogNotStopped(app.Logger, exception.Message);
        }
    }

    /// <summary>Waits until a signal or the host itself ends it.</summary>
    /// <returns>The exit code: 0, or that of a <see cref="RestartRequest"/>.</returns>
    /// <exception cref="StartFault">It ended itself, for a fault that showed late.</exception>
    public static async Task<int> RunToEndAsync(WebApplication app)
    {
        await app.WaitForShutdownAsync();
        if (app.Services.GetRequiredService<LateFault>().Fault is { } fault)
        {
            throw fault;
        }

        return app.Services.GetRequiredService<RestartRequest>().IsMade ? RestartRequest.ExitCode : 0;
    }

    [LoggerMessage(4004, LogLevel.Debug, "What had started of a host that is not up was not all stopped in order ({Reason})")]
    private static partial void LogNotStopped(ILogger logger, string reason);
}

/// <summary>The host's own handling of signals is replaced by <see cref="HostRunner"/>: a host inside a test takes none.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
