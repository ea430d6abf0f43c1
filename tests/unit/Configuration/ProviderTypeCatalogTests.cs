using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Custom;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Providers.Ollama;

namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class ProviderTypeCatalogTests
{
    [Fact]
    public void Catalog_OfProviderTypes_SaysWhatTheAdaptersSay()
    {
        using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddProviders().AddAnthropic().AddCohere().AddOllama().AddCustomProviders().AddGemini().AddBedrock().BuildServiceProvider();
        var adapters = services.GetServices<ProviderAdapter>()
            .Select(adapter => (adapter.Type, NeedsBaseUrl: adapter.DefaultBaseUrl is null, adapter.NeedsKey));

        Assert.Equal(
            adapters.Order(),
            ProviderTypeCatalog.All.Select(type => (type.Type, type.NeedsBaseUrl, type.NeedsKey)).Order());
    }
}
