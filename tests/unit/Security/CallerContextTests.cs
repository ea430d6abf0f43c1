using System.Net;
using Microsoft.AspNetCore.Http;
using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>Who sends a request and from where is found out once, and told in one way.</summary>
public sealed class CallerContextTests
{
    [Fact]
    public void Context_OfARequest_IsTheSameForAllWhoAsk()
    {
        var http = Request("192.0.2.1", "client/1.0");
        var exchange = new Exchange(http, InferenceOperation.ChatCompletions, null!, TimeProvider.System) { RequestId = "r", Region = "here" };

        exchange.Caller = Caller.Local;

        Assert.Same(CallerContext.Of(http), exchange.From);
        Assert.Same(Caller.Local, CallerContext.Of(http).Caller);
        Assert.NotSame(CallerContext.Of(http), CallerContext.Of(Request("192.0.2.1", "client/1.0")));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData(null, null)]
    public void Address_IsToldInOneWay(string? address, string? told) => Assert.Equal(told, CallerContext.Of(Request(address, null)).AddressText);

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("OpenAI/Python 1.99.0", "OpenAI/Python 1.99.0")]
    [InlineData("a\u001b[2J\u202eb", "a.[2J.b")]
    public void Agent_IsToldWithoutWhatDrivesATerminal(string? sent, string? told) => Assert.Equal(told, CallerContext.Of(Request("192.0.2.1", sent)).UserAgent);

    [Fact]
    public void Agent_ThatIsLongOrHoldsAKey_IsCutAndMasked()
    {
        Assert.Equal(new string('a', AuditText.MostIdBytes), CallerContext.Of(Request("192.0.2.1", new string('a', 30_000))).UserAgent);
        Assert.DoesNotContain(
            "0123456789abcdef", CallerContext.Of(Request("192.0.2.1", "x sk-proj-0123456789abcdefghijklmnopqrst")).UserAgent!, StringComparison.Ordinal);
    }

    private static DefaultHttpContext Request(string? address, string? agent)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        if (agent is not null)
        {
            http.Request.Headers.UserAgent = agent;
        }

        return http;
    }
}
