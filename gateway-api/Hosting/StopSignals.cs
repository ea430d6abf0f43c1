using System.Runtime.InteropServices;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// SIGTERM and SIGINT of a process, from its first moment to its last: one that comes before there is a host to stop, or
/// between two, is remembered for the next.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan HurriedEnd = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration _term;
    private readonly PosixSignalRegistration _interrupt;
    private DrainCoordinator? _host;
    private int _count;

    public StopSignals()
    {
        _term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Take);
    }

    /// <summary>Whether the process was told to stop.</summary>
    public bool AreTaken => Volatile.Read(ref _count) > 0;

    /// <summary>Sends the signals to a host from now on, one that came before included.</summary>
    /// <param name="host">What takes it out of service.</param>
    public void SendTo(DrainCoordinator host)
    {
        bool isLate;
        lock (_lock)
        {
            _host = host;
            isLate = AreTaken;
        }

        if (isLate)
        {
            host.Stop();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _term.Dispose();
        _interrupt.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        DrainCoordinator? host;
        int count;
        lock (_lock)
        {
            count = ++_count;
            host = _host;
        }

        host?.Stop();
        if (count == 2)
        {
            _ = EndAsync();
        }
    }

    private static async Task EndAsync()
    {
        await Task.Delay(HurriedEnd, TimeProvider.System);
        Environment.Exit(HostRunner.DidNotEnd);
    }
}
