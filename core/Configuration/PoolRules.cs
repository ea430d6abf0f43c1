namespace ProxyCluster.Core.Configuration;

/// <summary>The rules between the settings of connection pools.</summary>
internal static class PoolRules
{
    /// <summary>All that is wrong.</summary>
    /// <param name="pools">Bound without a fault, or as far as it went.</param>
    /// <param name="context">Knows where a setting comes from.</param>
    public static IEnumerable<ConfigurationFault> Check(PoolOptions pools, ConfigurationContext context)
    {
        if (pools.MaxSize < pools.MinSize)
        {
            yield return Fault("Pools:MaxSize", pools.MaxSize, $"It is below MinSize ({pools.MinSize}). Raise it, or lower MinSize.");
        }

        if (pools.MaxSlowSize < pools.MaxSize)
        {
            yield return Fault("Pools:MaxSlowSize", pools.MaxSlowSize, $"It is below MaxSize ({pools.MaxSize}), so that a slow host would have fewer connections than a quick one. Raise it, or lower MaxSize.");
        }

        if (pools.WindowSeconds < pools.UpkeepSeconds)
        {
            yield return Fault("Pools:WindowSeconds", pools.WindowSeconds, $"Windows end at the upkeep, which comes every UpkeepSeconds ({pools.UpkeepSeconds}). Raise it, or lower UpkeepSeconds.");
        }

        if (pools.RecycleSeconds <= pools.KeepAliveSeconds)
        {
            yield return Fault("Pools:RecycleSeconds", pools.RecycleSeconds, $"Connections would be replaced before KeepAliveSeconds ({pools.KeepAliveSeconds}) counts. Raise it, or lower KeepAliveSeconds.");
        }

        ConfigurationFault Fault(string path, int value, string cure) => new(path, $"{value}", cure) { Origin = context.Origin(path) };
    }
}
