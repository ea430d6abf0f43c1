using ProxyCluster.GatewayApi.Messages;

namespace ProxyCluster.Tests.Unit.Messages;

public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("""[{"role":"user","content":""}]""", 4)]
    [InlineData("""[{"role":"user","content":"1234567"}]""", 6)]
    [InlineData("""[{"role":"user","content":"12345678"}]""", 7)]
    [InlineData("""[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://h/i.png"}}]}]""", 1604)]
    [InlineData("""[{"role":"user","content":"1234567"},{"role":"assistant","content":[{"type":"thinking","thinking":"long","signature":"s"},{"type":"tool_use","id":"t","name":"1234567","input":{"a":1}}]}]""", 14)]
    public void Estimate_OfAConversation_CountsBytesImagesAndMessages(string messages, long expected)
    {
        var reading = MessagesDialect.Instance.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"messages":{{messages}} }"""));

        Assert.Equal(expected, TokenEstimate.Of(reading.Conversation!));
    }
}
