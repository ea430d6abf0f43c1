using System.Globalization;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>What this process uses of the memory that it may use.</summary>
internal class MemoryUse
{
    private const string CgroupLimit = "/sys/fs/cgroup/memory.max";

    /// <summary>In physical memory now.</summary>
    public virtual long UsedBytes => Environment.WorkingSet;

    /// <summary>The cgroup's limit, else what the runtime sees of the machine.</summary>
    public virtual long AllowedBytes { get; } = ReadCgroup() ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Frees what is free to be freed.</summary>
    public virtual void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

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
