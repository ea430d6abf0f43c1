using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Support.Clients;

/// <summary>Records what goes over some TCP ports of this machine's loopback, as a sniffer on the network would.</summary>
public sealed class WireTap : IDisposable
{
    private const int Tcp = 6;
    private const int SocketLevel = 1;
    private const int ForcedReceiveBuffer = 33;
    private const int BufferBytes = 64 * 1024 * 1024;
    private const int LargestPacket = 128 * 1024;

    private readonly Socket _socket;
    private readonly HashSet<int> _ports;
    private readonly Dictionary<(int From, int To), MemoryStream> _flows = [];
    private readonly Lock _lock = new();

    private WireTap(Socket socket, IEnumerable<int> ports)
    {
        _socket = socket;
        _ports = [.. ports];
        new Thread(Record) { IsBackground = true, Name = "wire tap" }.Start();
    }

    /// <summary>Packets that came too fast to be recorded.</summary>
    public long Lost
    {
        get
        {
            var inode = new FileInfo($"/proc/self/fd/{_socket.Handle}").LinkTarget!.Split('[', ']')[1];
            var line = File.ReadAllLines("/proc/net/raw").Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(fields => fields.Contains(inode));
            return long.Parse(line[^1], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Begins to record, or skips the running test where this process may not listen in.</summary>
    /// <param name="ports">Of either side.</param>
    public static WireTap Start(params IEnumerable<int> ports)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, (ProtocolType)Tcp);
            socket.SetRawSocketOption(SocketLevel, ForcedReceiveBuffer, BitConverter.GetBytes(BufferBytes));
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return new WireTap(socket, ports);
        }
        catch (SocketException fault)
        {
            socket?.Dispose();
            Requirement.That(false, $"This process may not listen in on the network (CAP_NET_RAW): {fault.Message}");
            throw;
        }
    }

    /// <summary>All that went to a port and came from it, each direction of each connection for itself.</summary>
    public byte[] Content(int port)
    {
        lock (_lock)
        {
            return [.. _flows.Where(flow => flow.Key.From == port || flow.Key.To == port).SelectMany(static flow => flow.Value.ToArray())];
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Record()
    {
        var packet = new byte[LargestPacket];
        try
        {
            while (true)
            {
                Take(packet.AsSpan(0, _socket.Receive(packet)));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // It was disposed of.
        }
    }

    // RFC 791 and 9293: where the headers end, and the ports.
    private void Take(ReadOnlySpan<byte> packet)
    {
        var segment = packet[((packet[0] & 0x0f) * 4)..];
        var flow = (BinaryPrimitives.ReadUInt16BigEndian(segment), BinaryPrimitives.ReadUInt16BigEndian(segment[2..]));
        var data = segment[((segment[12] >> 4) * 4)..];
        if (data.IsEmpty || !(_ports.Contains(flow.Item1) || _ports.Contains(flow.Item2)))
        {
            return;
        }

        lock (_lock)
        {
            if (!_flows.TryGetValue(flow, out var stream))
            {
                _flows[flow] = stream = new MemoryStream();
            }

            stream.Write(data);
        }
    }
}
