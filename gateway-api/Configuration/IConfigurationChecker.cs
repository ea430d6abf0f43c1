using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Finds all faults of a configuration file without putting it in force. Implemented by the host's loader, and by tests.</summary>
internal interface IConfigurationChecker
{
    /// <summary>Checks a whole file.</summary>
    /// <param name="json">The file's content, UTF-8.</param>
    /// <returns>Every fault; empty: the file could be put in force.</returns>
    IReadOnlyList<ConfigurationFault> Check(ReadOnlyMemory<byte> json);
}
