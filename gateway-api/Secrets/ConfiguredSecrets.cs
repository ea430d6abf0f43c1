using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Configuration;
using StackExchange.Redis;

namespace ProxyCluster.GatewayApi.Secrets;

/// <summary>Secrets that stand in the configuration themselves. References are taken in where they are read.</summary>
internal static class ConfiguredSecrets
{
    /// <summary>Makes them known to what keeps secrets out of logs.</summary>
    /// <param name="options">The process's own configuration.</param>
    public static void Note(ProxyClusterOptions options)
    {
        foreach (var text in SecretTexts.Of(options))
        {
            if (!SecretReference.TryParse(text, out _))
            {
                KnownSecrets.OfProcess.Add(text);
            }
        }

        NoteConnection(options.Cluster.Redis);
        KnownSecrets.OfProcess.Add(options.Outbound.ProxyCredentials?.Split(':', 2).ElementAtOrDefault(1));
    }

    /// <summary>Makes the password of a connection to Redis known.</summary>
    /// <param name="connection">A connection string; <see langword="null"/> or a reference: nothing is done.</param>
    public static void NoteConnection(string? connection)
    {
        if (connection is null || SecretReference.TryParse(connection, out _))
        {
            return;
        }

        try
        {
            KnownSecrets.OfProcess.Add(ConfigurationOptions.Parse(connection).Password);
        }
        catch (ArgumentException)
        {
            // It is no connection string, which is told where it is used.
        }
    }
}
