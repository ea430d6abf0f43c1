using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>Where a provider's key may go.</summary>
public sealed class UpstreamClientTests
{
    private const string BaseUrl = "https://bedrock-runtime.us-east-1.amazonaws.com/";
    private const string ControlUrl = "https://bedrock.us-east-1.amazonaws.com/foundation-models";

    private static readonly FakeTimeProvider Clock = new();

    [Theory]
    [InlineData(BaseUrl + "model/m/converse")]
    [InlineData(ControlUrl)]
    public async Task Request_ToAnAddressOfTheProvider_IsSent(string address)
    {
        using var client = Client(new BedrockAdapter(Clock));
        using var message = new HttpRequestMessage(HttpMethod.Get, address);

        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal(address, response.RequestMessage!.RequestUri!.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://example.com/model/m/converse")]
    [InlineData("http://bedrock-runtime.us-east-1.amazonaws.com/")]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com:8443/")]
    public async Task Request_ToAnyOther_NeverLeaves(string address)
    {
        using var client = Client(new BedrockAdapter(Clock));
        using var message = new HttpRequestMessage(HttpMethod.Get, address);

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(message, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Request_OfAnotherAdapter_StaysAtTheBaseUrl()
    {
        using var client = Client(new OpenAiAdapter(OpenAiDialect.Presets[0], Clock));
        using var message = new HttpRequestMessage(HttpMethod.Get, ControlUrl);

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(message, TestContext.Current.CancellationToken));
    }

    private static UpstreamClient Client(ProviderAdapter adapter) =>
        new(new ProviderDefinition { Name = "p", Type = adapter.Type }, adapter, new UpstreamConnections(new EchoHandler(), new EchoHandler()), new Uri(BaseUrl), new NoSecrets(), Clock);

    private sealed class EchoHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { RequestMessage = request });
    }

    private sealed class NoSecrets : ISecretResolver
    {
        public bool TryResolve(string reference, out Secret? secret, out string? fault)
        {
            (secret, fault) = (null, "none");
            return false;
        }
    }
}
