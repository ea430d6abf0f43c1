using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Providers.Cohere;

namespace ProxyCluster.Tests.Unit.Providers.Cohere;

internal static class CohereCase
{
    public static readonly ProviderCase Provider =
        new(new CohereAdapter(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000))), "command-a-plus-05-2026");
}
