using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Unit.Hooks;
using ProxyCluster.Tests.Unit.Routing;

namespace ProxyCluster.Tests.Unit.Pipeline;

public sealed class ResponseHeadersTests
{
    [Theory]
    [InlineData(true, "true")]
    [InlineData(false, "")]
    public void Answer_OfAProviderThatWasExplored_SaysSo(bool explores, string expected)
    {
        var exchange = HookCase.Chat().Exchange;
        exchange.Candidate = Definitions.Index(Definitions.Provider("p", "m")).Resolve("m")[0];
        exchange.Strategy = "intelligent";
        exchange.Explores = explores;

        ResponseHeaders.WriteStream(exchange);

        var headers = exchange.Context.Response.Headers;
        Assert.Equal(("p", "intelligent", expected), (headers["x-proxy-provider"].ToString(), headers["x-proxy-strategy"].ToString(), headers["x-proxy-exploration"].ToString()));
    }
}
