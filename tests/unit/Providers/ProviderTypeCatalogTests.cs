using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Custom;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Providers.Ollama;

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>What configuration knows of provider types, held to the adapters.</summary>
public sealed class ProviderTypeCatalogTests
{
    [Fact]
    public void Catalog_OfTypes_IsThatOfTheAdapters()
    {
        using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(new FakeTimeProvider())
            .AddProviders()
            .AddAnthropic()
            .AddCohere()
            .AddOllama()
            .AddCustomProviders()
            .AddGemini()
            .AddBedrock()
            .BuildServiceProvider();

        var adapters = services.GetServices<ProviderAdapter>().Select(static adapter => (adapter.Type, adapter.DefaultBaseUrl is null, adapter.NeedsKey));

        Assert.Equal(
            ProviderTypeCatalog.All.Select(static type => (type.Type, type.NeedsBaseUrl, type.NeedsKey)).Order(),
            adapters.Order());
    }
}
