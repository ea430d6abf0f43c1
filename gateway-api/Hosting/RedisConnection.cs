using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Secrets;
using StackExchange.Redis;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>How every process of a cluster talks to Redis.</summary>
internal static class RedisConnection
{
    /// <summary>How long a grain call may take before it is given up. Orleans' own 30 s would hold a caller that long for a frozen silo.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <param name="setting"><c>Cluster:Redis</c>: a connection string, or a reference to one.</param>
    /// <exception cref="StartFault">The reference leads nowhere.</exception>
    public static ConfigurationOptions Options(string setting)
    {
        var connection = setting;
        if (SecretReference.TryParse(setting, out var reference) && !reference.TryRead(out connection, out var missing))
        {
            throw new StartFault($"Cluster:Redis cannot be read. {missing}");
        }

        ConfiguredSecrets.NoteConnection(connection);
        var options = ConfigurationOptions.Parse(connection);

        // Otherwise a process that starts while Redis does not answer dies.
        options.AbortOnConnectFail = false;

        // A write to a Redis that is away fails at once and not when it is back.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = 2000;
        options.AsyncTimeout = 2000;
        options.SyncTimeout = 2000;
        return options;
    }
}
