using System.Globalization;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>What a process holds, as Linux tells.</summary>
/// <param name="ResidentMegabytes">Memory.</param>
/// <param name="OpenFiles">Files and sockets.</param>
internal readonly record struct ProcessFigures(long ResidentMegabytes, int OpenFiles)
{
    public static ProcessFigures Of(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new ProcessFigures(kilobytes / 1024, Directory.GetFiles($"/proc/{process}/fd").Length);
    }
}
