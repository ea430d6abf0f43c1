using System.Globalization;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>What a process uses of the memory that it may use.</summary>
internal abstract class MemoryUse
{
    /// <summary>In physical memory now.</summary>
    public abstract long UsedBytes { get; }

    /// <summary>The most that it may use; 0: not known.</summary>
    public abstract long AllowedBytes { get; }

    /// <summary>Frees what is free to be freed.</summary>
    public abstract void Collect();
}

/// <summary>This process, and its cgroup's limit; without one, what the runtime sees of the machine.</summary>
internal sealed class ProcessMemory : MemoryUse
{
    private const string CgroupLimit = "/sys/fs/cgroup/memory.max";

    private readonly long? _cgroup = ReadCgroup();

    /// <inheritdoc/>
    public override long UsedBytes => Environment.WorkingSet;

    /// <inheritdoc/>
    public override long AllowedBytes => _cgroup ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <inheritdoc/>
    public override void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static long? ReadCgroup()
    {
        try
        {
            return long.TryParse(File.ReadAllText(CgroupLimit), NumberStyles.None | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var bytes)
                ? bytes
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
