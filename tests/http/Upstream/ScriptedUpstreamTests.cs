using System.Text;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Upstream;

/// <summary>The measuring instrument itself: what it says it does to the gateway, it does.</summary>
public sealed class ScriptedUpstreamTests
{
    private const string Request = "POST /v1/chat/completions HTTP/1.1\r\nHost: u\r\nX-Odd:  kept \r\nContent-Length: 28\r\n\r\n{\"model\":\"m\",\"stream\": true}";

    [Fact]
    public async Task Request_IsRecordedByteForByte()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.TakesAnything = true;
        using var client = await RawHttp.ConnectAsync(upstream.Url);
        await client.SendAsync(Request);

        var recorded = await upstream.NextRequestAsync();

        Assert.Equal(Request, Encoding.ASCII.GetString([.. recorded.Head, .. recorded.Body]));
        Assert.Equal("kept", recorded.Header("x-odd"));
        Assert.False((await recorded.Ended).PeerLeft);
    }

    [Theory]
    [InlineData("cut-events=2", 2)]
    [InlineData("cut-events=2;reset", 2)]
    [InlineData("cut-events=2;split=1;crlf", 2)]
    public async Task Cut_AfterEvents_SendsThoseAndClosesWithoutAnEnd(string script, int events)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.TakesAnything = true;
        upstream.Next(BehaviourText.Parse(script));
        using var client = await RawHttp.ConnectAsync(upstream.Url);
        await client.SendAsync(Request);

        var response = await client.ReadResponseAsync();

        Assert.False(response!.IsComplete);
        Assert.Equal(events, response.Body.Split("data: ").Length - 1);
    }

    [Fact]
    public async Task Silence_EndsWhenThePeerLeaves()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.TakesAnything = true;
        upstream.Next(Behaviour.BlackHole);
        using var client = await RawHttp.ConnectAsync(upstream.Url);
        await client.SendAsync(Request);
        var recorded = await upstream.NextRequestAsync();
        Assert.False(recorded.Ended.IsCompleted);

        client.Abort();

        Assert.True((await recorded.Ended.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).PeerLeft);
    }

    [Fact]
    public async Task Process_ServesAndCounts()
    {
        await using var upstream = await UpstreamProcess.StartAsync("--script", "status=503;retry-after=2");
        using var client = await RawHttp.ConnectAsync(upstream.Url);
        await client.SendAsync(Request);

        var response = await client.ReadResponseAsync();

        Assert.Equal(503, response!.Status);
        Assert.Equal(["2"], response.Headers["retry-after"]);
        // The answer is counted once it is sent, which the client may see first.
        var counts = await upstream.CountsAsync();
        for (var polls = 0; counts.Answered == 0 && polls < 100; polls++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            counts = await upstream.CountsAsync();
        }

        Assert.Equal((1, 1), counts);
    }

    [Fact]
    public void Script_WithAnUnknownWord_IsRefused() =>
        Assert.Throws<FormatException>(() => BehaviourText.Parse("status=200;no-such-thing=1"));

    [Fact]
    public void Ports_AreHandedOutOnceBelowTheEphemeralRange()
    {
        var ports = Enumerable.Range(0, 20).Select(_ => FreePorts.Next()).ToList();

        Assert.Equal(20, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 1024, 32767));
    }
}
