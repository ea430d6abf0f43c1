using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.Tests.Unit.Admin;

/// <summary>Readers of providers whose keys are sealed under a KEK that is written out.</summary>
internal static class ProviderReaders
{
    public static ProviderReader Of(params IReadOnlyList<ProviderAdapter> adapters) =>
        new(adapters, new ProviderKeyReader(new KekSource(new ConfigurationInForce(new ProxyClusterOptions { Secrets = new() { Kek = new('k', 32) } }))));
}
