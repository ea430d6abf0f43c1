using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Checks a file as this process would read it: with its environment and its arguments on top.</summary>
internal sealed class ConfigurationChecker(ConfigurationReader reader) : IConfigurationChecker
{
    public IReadOnlyList<ConfigurationFault> Check(ReadOnlyMemory<byte> json) => reader.Read(json).Faults;
}
