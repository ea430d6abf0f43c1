using System.Text;
using ProxyCluster.GatewayApi.Providers.Simulator;

namespace ProxyCluster.Tests.Unit.Providers.Simulator;

public sealed class SimulatedRequestTests
{
    [Fact]
    public void PromptTokens_OfAStreamAndOfAWholeAnswer_AreTheSame()
    {
        var whole = Read("""{"model":"simulator","messages":[{"role":"user","content":"Hello there"}]}""");
        var stream = Read("""{"model":"simulator","messages":[{"role":"user","content":"Hello there"}],"stream":true,"stream_options":{"include_usage":true}}""");

        Assert.Equal(10, whole.PromptTokens);
        Assert.Equal(whole.PromptTokens, stream.PromptTokens);
        Assert.True(stream.Stream);
        Assert.True(stream.IncludeUsage);
    }

    [Fact]
    public void PromptTokens_OfALongerPrompt_AreMore()
    {
        var brief = Read("""{"model":"simulator","prompt":"Hi"}""");
        var lengthy = Read($$"""{"model":"simulator","prompt":"{{new string('x', 400)}}"}""");

        Assert.Equal(1, brief.PromptTokens);
        Assert.Equal(100, lengthy.PromptTokens);
    }

    private static SimulatedRequest Read(string body) => SimulatedRequest.Read(Encoding.UTF8.GetBytes(body));
}
