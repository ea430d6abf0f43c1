using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Fallback;

/// <summary>After the first content nothing is begun again: the client sees an error event, and no [DONE].</summary>
public sealed class CutStreamTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Theory]
    [InlineData("cut-events=3")]
    [InlineData("cut-events=3;reset")]
    [InlineData("cut-events=3;omit-end")]
    [InlineData("cut-bytes=700")]
    [InlineData("malformed=4")]
    [InlineData("error-event=4")]
    [InlineData("huge-event=4;huge-bytes=1000000")]
    public async Task Trouble_AfterTheFirstContent_EndsInAnErrorEventWithoutDone(string script)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, BehaviourText.Parse(script));

        using var response = await ChatAsync(pair.Alias, stream: true);
        var events = await ReadEventsAsync(response);

        AssertBrokenOff(events, "upstream_error");
        Assert.StartsWith("Hello", Fold(events.SkipLast(1)), StringComparison.Ordinal);
        Assert.Equal(0, Second.RequestCount);
    }

    [Theory]
    [InlineData("omit-end")]
    public async Task Stream_EndedInOrderAfterItsFinish_IsWhole(string script)
    {
        // Some servers leave [DONE] out; the finish reason was told, so nothing is missing.
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, BehaviourText.Parse(script));

        using var response = await ChatAsync(pair.OnlyFirst, stream: true);
        var events = await ReadEventsAsync(response);

        Assert.Equal("Hello from the scripted upstream.", Fold(events));
        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public async Task AnthropicStream_CutBeforeItsStop_EndsInAnErrorEvent()
    {
        First.Next(new Behaviour { CutAfterEvents = 5 });

        using var response = await ChatAsync(GatewayFixture.AnthropicModel, stream: true);

        AssertBrokenOff(await ReadEventsAsync(response), "upstream_error");
    }

    [Fact]
    public async Task Stall_AfterTheFirstContent_EndsInAnErrorEvent()
    {
        var pair = Gateway.NextQuick();
        First.ForModel(pair.Model, new() { StallAfterEvents = 3 });

        using var response = await ChatAsync(pair.Alias, stream: true);
        var events = await ReadEventsAsync(response);

        AssertBrokenOff(events, "timeout_error");
        Assert.True((await (await First.NextRequestAsync()).Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).PeerLeft);
        Assert.Equal(0, Second.RequestCount);
    }

    [Fact]
    public async Task StreamWithoutEnd_IsEndedByTheTotalTimeout()
    {
        var pair = Gateway.NextQuick();
        First.ForModel(pair.Model, new() { Endless = true, DelayBetweenEvents = TimeSpan.FromMilliseconds(20) });

        using var response = await ChatAsync(pair.Alias, stream: true);
        var events = await ReadEventsAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertBrokenOff(events, "timeout_error");
        Assert.True((await (await First.NextRequestAsync()).Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).PeerLeft);
    }

    [Fact]
    public async Task WholeAnswer_LongerThanTheTotalTimeout_IsGivenUp()
    {
        var pair = Gateway.NextQuick();
        First.ForModel(pair.Model, Behaviour.BlackHole);
        Second.ForModel(pair.Model, new() { Status = 500 });

        using var response = await ChatAsync(pair.OnlyFirst);

        await AssertRefusedAsync(response, HttpStatusCode.GatewayTimeout, "timeout_error", "upstream_timeout");
        Assert.Equal("false", Header(response, "x-should-retry"));
    }

    [Fact]
    public async Task LineWithoutEnd_IsGivenUpAtTheLimitOfAnEvent()
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new() { EndlessLine = true });

        using var response = await ChatAsync(pair.OnlyFirst, stream: true);

        await AssertRefusedAsync(response, HttpStatusCode.BadGateway, "upstream_error", "upstream_invalid_response");
        Assert.True((await (await First.NextRequestAsync()).Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).PeerLeft);
    }

    private static void AssertBrokenOff(IReadOnlyList<string> events, string type)
    {
        Assert.DoesNotContain("[DONE]", events);
        var error = JsonNode.Parse(events[^1])!["error"];
        Assert.True(error is not null, $"The last event is no error: {events[^1]}");
        Assert.Equal(type, (string?)error["type"]);
        Assert.NotNull((string?)error["code"]);
        Assert.NotNull((string?)error["message"]);
        Assert.All(events.SkipLast(1), data => Assert.Null(JsonNode.Parse(data)!["error"]));
    }
}
