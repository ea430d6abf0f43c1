using System.Net;
using System.Net.Sockets;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>
/// Ports to listen on: below 32768, where the kernel starts to give ports to outgoing connections, and each one handed
/// out once. Processes that run at the same time take theirs from different ranges.
/// </summary>
public static class FreePorts
{
    private const int First = 12000;
    private const int RangeSize = 1600;
    private const int Ranges = 11;

    private static readonly Lock Gate = new();
    private static FileStream? _claim;
    private static int _next;
    private static int _end;

    public static int Next()
    {
        lock (Gate)
        {
            if (_claim is null)
            {
                ClaimRange();
            }

            while (_next < _end)
            {
                var port = _next++;
                if (IsFree(port))
                {
                    return port;
                }
            }

            throw new InvalidOperationException("This process has used up its range of ports.");
        }
    }

    // The lock ends with the process, however it ends.
    private static void ClaimRange()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "proxycluster-ports"));
        for (var i = 0; i < Ranges; i++)
        {
            var range = (Environment.ProcessId + i) % Ranges;
            try
            {
                _claim = new FileStream(Path.Combine(folder.FullName, $"{range}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                _next = First + (range * RangeSize);
                _end = _next + RangeSize;
                return;
            }
            catch (IOException)
            {
                // Another process has it.
            }
        }

        throw new InvalidOperationException("All ranges of ports are taken by other processes.");
    }

    private static bool IsFree(int port)
    {
        // Orleans' own default, which a developer's cluster may be about to use.
        if (port == 30000)
        {
            return false;
        }

        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
