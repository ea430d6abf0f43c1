using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.OpenAiSdk;

/// <summary>Tests with OpenAI's own .NET client. It is told where the gateway is, and nothing else.</summary>
public abstract class SdkTest : GatewayTest
{
    private protected SdkTest(GatewayFixture gateway)
        : base(gateway)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(gateway.Gateway.Data, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) };
        Sdk = new OpenAIClient(new ApiKeyCredential("no-key-needed"), options);
    }

    protected OpenAIClient Sdk { get; }

    public static TheoryData<string> ChatModels => [GatewayFixture.OpenAiModel, GatewayFixture.AnthropicModel];
}
