using System.Globalization;
using System.Net;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>A process can be reached where its configuration says, and nowhere else (RELIABILITY S25).</summary>
public sealed class ListeningPortTests
{
    [Fact]
    public async Task Process_OfItsOwnCluster_ListensOnLoopbackAtThePortsOfItsConfiguration()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kernel's own list is read.");
        await using var silo = await SiloProcess.StartAsync();

        var open = Listening(silo.Process.Id);

        int[] configured = [silo.Data.Port, silo.Admin.Port, silo.Ops.Port, silo.SiloPort, silo.GatewayPort];
        Assert.Subset(configured.ToHashSet(), open.Select(static end => end.Port).ToHashSet());
        Assert.Superset(configured[..3].ToHashSet(), open.Select(static end => end.Port).ToHashSet());
        Assert.All(open, static end => Assert.True(IPAddress.IsLoopback(end.Address), $"{end} can be reached from other machines."));
    }

    // What the process holds open, by the kernel's numbers of its sockets.
    private static List<IPEndPoint> Listening(int process)
    {
        var own = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(static entry => new FileInfo(entry).LinkTarget)
            .Where(static target => target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
            .Select(static target => target!["socket:[".Length..^1])
            .ToHashSet(StringComparer.Ordinal);
        return [.. new[] { "tcp", "tcp6" }.SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1)).Select(Read).Where(one => one.IsListening && own.Contains(one.Socket)).Select(static one => one.End)];
    }

    private static (IPEndPoint End, bool IsListening, string Socket) Read(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var end = fields[1].Split(':');
        var bytes = Convert.FromHexString(end[0]);

        // Words of four bytes in the machine's order.
        for (var i = 0; i < bytes.Length; i += 4)
        {
            Array.Reverse(bytes, i, 4);
        }

        return (new(new IPAddress(bytes), int.Parse(end[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)), fields[3] == "0A", fields[9]);
    }
}
