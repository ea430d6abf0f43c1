using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Messages;

namespace ProxyCluster.Tests.Unit.Messages;

public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("""[{"role":"user","content":""}]""", 4)]
    [InlineData("""[{"role":"user","content":"Hello"}]""", 5)]
    [InlineData("""[{"role":"user","content":"Hello"},{"role":"user","content":"Hello"}]""", 10)]
    [InlineData("""[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://h/i.png"}}]}]""", 1604)]
    [InlineData("""[{"role":"user","content":"Hello"},{"role":"assistant","content":[{"type":"thinking","thinking":"long","signature":"s"},{"type":"tool_use","id":"t","name":"Hello","input":{}}]}]""", 11)]
    public void Estimate_OfAConversation_CountsTextImagesAndMessages(string messages, long expected)
    {
        var reading = MessagesDialect.Instance.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"messages":{{messages}} }"""));

        Assert.Equal(expected, TokenEstimate.Of(reading.Conversation!, new TokenRules(TokenCounters.O200k, ImageTokens.Unknown)));
    }
}
