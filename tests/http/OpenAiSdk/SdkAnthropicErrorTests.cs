using System.ClientModel;
using OpenAI.Chat;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.OpenAiSdk;

public sealed class SdkAnthropicErrorTests(GatewayFixture gateway) : SdkTest(gateway)
{
    [Theory]
    [InlineData(400, 400)]
    [InlineData(401, 502)]
    [InlineData(429, 429)]
    [InlineData(529, 502)]
    public async Task Error_OfAnAnthropicProvider_ComesInOpenAisForm(int upstream, int expected)
    {
        First.Next(new Behaviour { Status = upstream });

        var fault = await Assert.ThrowsAsync<ClientResultException>(async () => await Sdk.GetChatClient(GatewayFixture.AnthropicModel).CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Cancel));

        Assert.True(expected == fault.Status || (upstream == 529 && fault.Status == 503), $"Expected {expected}, got {fault.Status}: {fault.Message}");
        Assert.DoesNotContain("request_id", fault.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
    }
}
