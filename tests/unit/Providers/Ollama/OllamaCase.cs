using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Providers.Ollama;

namespace ProxyCluster.Tests.Unit.Providers.Ollama;

internal static class OllamaCase
{
    public static readonly ProviderCase Provider =
        new(new OllamaAdapter(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000))), "qwen3:8b");
}
