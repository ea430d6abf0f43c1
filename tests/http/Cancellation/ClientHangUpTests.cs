using System.Diagnostics;
using System.Globalization;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Cancellation;

/// <summary>A client that leaves takes its upstream call with it. The promise is 100 ms; the bound here leaves a loaded machine air.</summary>
public sealed class ClientHangUpTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("silent", false)]
    [InlineData("stall=0", false)]
    [InlineData("silent", true)]
    [InlineData("stall=0", true)]
    [InlineData("stall=1", true)]
    public async Task ClientLeaves_BeforeTheAnswer_UpstreamIsCancelled(string script, bool stream)
    {
        First.Next(BehaviourText.Parse(script));
        using var client = await SendRawAsync(GatewayFixture.OpenAiModel, stream);
        var upstream = await First.NextRequestAsync();

        await AssertCancelledAsync(client, upstream);
    }

    [Theory]
    [InlineData(GatewayFixture.OpenAiModel)]
    [InlineData(GatewayFixture.AnthropicModel)]
    public async Task ClientLeaves_InTheMiddleOfAStream_UpstreamIsCancelled(string model)
    {
        First.Next(new Behaviour { StallAfterEvents = 6 });
        using var client = await SendRawAsync(model, stream: true);
        var upstream = await First.NextRequestAsync();
        await client.WaitForAsync("Hello", TimeSpan.FromSeconds(10));

        await AssertCancelledAsync(client, upstream);
    }

    [Fact]
    public async Task ClientLeaves_WhileTokensFlow_UpstreamIsCancelled()
    {
        First.Next(new Behaviour { Endless = true, DelayBetweenEvents = TimeSpan.FromMilliseconds(10) });
        using var client = await SendRawAsync(GatewayFixture.OpenAiModel, stream: true);
        var upstream = await First.NextRequestAsync();
        await client.WaitForAsync("Hello", TimeSpan.FromSeconds(10));

        await AssertCancelledAsync(client, upstream);
    }

    private static async Task AssertCancelledAsync(RawHttp client, RecordedRequest upstream)
    {
        Assert.False(upstream.Ended.IsCompleted);
        var left = Stopwatch.GetTimestamp();
        client.Abort();

        var end = await upstream.Ended.WaitAsync(Bound, Cancel);
        Assert.True(end.PeerLeft, "The gateway kept the upstream call to its end.");
        var took = Stopwatch.GetElapsedTime(left, end.Timestamp);
        TestContext.Current.AddAttachment("cancelled after ms", took.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture));
        TestContext.Current.TestOutputHelper?.WriteLine($"Upstream cancelled after {took.TotalMilliseconds:0.0} ms.");
    }

    private async Task<RawHttp> SendRawAsync(string model, bool stream)
    {
        var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        var body = ChatBody(model, stream);
        await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        return client;
    }
}
