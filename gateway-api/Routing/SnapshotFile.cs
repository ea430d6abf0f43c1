using Microsoft.Extensions.Options;
using Orleans.Serialization;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>
/// The last definitions, on this process's disk, so that it boots without its cluster. Sealed: who can write the file can
/// point no provider elsewhere. A file that is damaged, of another cluster or of another format is passed over.
/// </summary>
internal sealed partial class SnapshotFile(
    Serializer serializer, IOptionsMonitor<ProxyClusterOptions> options, DiskSeal seal, ILogger<SnapshotFile> logger)
{
    private const string FileName = "gateway-snapshot";
    private const int LargestBytes = 64 * 1024 * 1024;

    private string Path => System.IO.Path.Combine(options.CurrentValue.Cluster.DataDirectory, FileName);

    /// <summary>What was written last; <see langword="null"/>: nothing that can be used.</summary>
    public RoutingDefinitions? Read()
    {
        try
        {
            var file = new FileInfo(Path);
            if (!file.Exists)
            {
                return null;
            }

            var bytes = file.Length <= LargestBytes ? File.ReadAllBytes(Path) : [];
            if (seal.TryOpen(bytes, FileName) is { } content)
            {
                return serializer.Deserialize<RoutingDefinitions>(content);
            }

            LogForeign(logger, Path);
            return null;
        }
        catch (Exception exception)
        {
            LogUnreadable(logger, exception, Path);
            return null;
        }
    }

    /// <summary>Replaces the file as a whole: a reader sees the old or the new one, never half of one.</summary>
    /// <returns>Whether it was written.</returns>
    public bool Write(RoutingDefinitions definitions)
    {
        var temporary = $"{Path}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(options.CurrentValue.Cluster.DataDirectory);
            PrivateFile.Write(temporary, seal.Seal(serializer.SerializeToArray(definitions), FileName));
            File.Move(temporary, Path, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogUnwritten(logger, exception, Path);
            return false;
        }
    }

    [LoggerMessage(RoutingEventIds.SnapshotForeign, LogLevel.Warning, "The snapshot {Path} is damaged or another cluster's; it is passed over")]
    private static partial void LogForeign(ILogger logger, string path);

    [LoggerMessage(RoutingEventIds.SnapshotUnreadable, LogLevel.Warning, "The snapshot {Path} cannot be read; it is passed over")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string path);

    [LoggerMessage(RoutingEventIds.SnapshotUnwritten, LogLevel.Warning, "The snapshot {Path} cannot be written: without the cluster this gateway would start from an older one")]
    private static partial void LogUnwritten(ILogger logger, Exception exception, string path);
}
