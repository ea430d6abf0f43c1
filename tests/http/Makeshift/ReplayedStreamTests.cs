using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Recordings;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Makeshift;

/// <summary>Clients that ask for a stream of models whose answers come whole.</summary>
public sealed class ReplayedStreamTests : IClassFixture<MakeshiftFixture>
{
    private const string Ping = ": ping\n\n";

    private readonly MakeshiftFixture _gateway;

    public ReplayedStreamTests(MakeshiftFixture gateway)
    {
        _gateway = gateway;
        gateway.First.Reset();
        gateway.Second.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_OfAModelWithoutStreams_StreamsTheWholeAnswer()
    {
        using var response = await ChatAsync(MakeshiftFixture.Whole, ",\"stream_options\":{\"include_usage\":true}");
        var view = ClientView.OfStream(await response.Content.ReadAsByteArrayAsync(Cancel));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("stream: replayed from a whole answer", Assert.Single(response.Headers.GetValues("x-proxy-warning")));
        Assert.Empty(view.Faults);
        Assert.Equal(("Hello from the scripted upstream.", "stop", true), (view.Text, view.FinishReason, view.IsDone));
        Assert.Equal(18, (int)view.Usage!["total_tokens"]!);
        Assert.Equal(0.000018m, (decimal)view.Usage["cost_usd"]!);
        var sent = JsonNode.Parse(Assert.Single(_gateway.First.Requests).Body)!.AsObject();
        Assert.Equal(["model", "messages", "x_unknown"], sent.Select(static member => member.Key));
    }

    [Fact]
    public async Task Chat_WithTools_StreamsTheCalls()
    {
        using var response = await ChatAsync(MakeshiftFixture.Whole, ""","tools":[{"type":"function","function":{"name":"look_up","parameters":{"type":"object"}}}]""");
        var view = ClientView.OfStream(await response.Content.ReadAsByteArrayAsync(Cancel));

        Assert.Empty(view.Faults);
        Assert.Equal("look_up", Assert.Single(view.ToolCalls).Name);
        Assert.Equal("tool_calls", view.FinishReason);
    }

    [Theory]
    [InlineData(MakeshiftFixture.Whole)]
    [InlineData(MakeshiftFixture.WholeClaude)]
    [InlineData(MakeshiftFixture.WholeResponses)]
    public async Task EachDialect_OfAModelWithoutStreams_IsStreamed(string model)
    {
        using var chat = await ChatAsync(model);
        using var messages = await PostAsync("/v1/messages", $$"""{"model":"{{model}}","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        using var responses = await PostAsync("/v1/responses", $$"""{"model":"{{model}}","stream":true,"input":"Hi"}""");

        Assert.Equal("Hello from the scripted upstream.", ClientView.OfStream(await chat.Content.ReadAsByteArrayAsync(Cancel)).Text);
        var message = JsonNode.Parse(MessageFolder.Fold(await messages.Content.ReadAsByteArrayAsync(Cancel)))!;
        Assert.Equal(("Hello from the scripted upstream.", "end_turn"), ((string?)message["content"]![0]!["text"], (string?)message["stop_reason"]));
        var view = ResponsesView.OfStream(await responses.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Empty(view.Faults);
        Assert.Equal("Hello from the scripted upstream.", (string?)view.Response!["output"]![0]!["content"]![0]!["text"]);
        Assert.All(_gateway.First.Requests, static request => Assert.NotEqual(true, (bool?)JsonNode.Parse(request.Body)!["stream"]));
    }

    [Fact]
    public async Task Client_ThatWaits_IsPingedAndThenServed()
    {
        _gateway.First.Next(new Behaviour { DelayBeforeHeaders = TimeSpan.FromSeconds(2.5) });

        using var response = await ChatAsync(MakeshiftFixture.Whole);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.StartsWith(Ping + Ping + "data: ", text, StringComparison.Ordinal);
        Assert.Equal("Hello from the scripted upstream.", ClientView.OfStream(Encoding.UTF8.GetBytes(text[(2 * Ping.Length)..])).Text);
    }

    [Theory]
    [InlineData(MakeshiftFixture.Other)]
    [InlineData(MakeshiftFixture.Streaming)]
    public async Task Provider_ThatFailsAfterPings_IsFollowedByTheNext(string then)
    {
        _gateway.First.Next(new Behaviour { DelayBeforeHeaders = TimeSpan.FromSeconds(1.5), Status = 500 });

        using var response = await ChatAsync(_gateway.NextThen(then));
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.StartsWith(Ping + "data: ", text, StringComparison.Ordinal);
        var view = ClientView.OfStream(Encoding.UTF8.GetBytes(text[Ping.Length..]));
        Assert.Empty(view.Faults);
        Assert.Equal(("Hello from the scripted upstream.", true), (view.Text, view.IsDone));
    }

    [Theory]
    [InlineData("status=500")]
    [InlineData("half-json")]
    [InlineData("html")]
    [InlineData("cut-bytes=40")]
    public async Task Provider_ThatFailsBeforeAPing_IsFollowedByTheNext(string script)
    {
        _gateway.First.Next(BehaviourText.Parse(script));

        using var response = await ChatAsync(_gateway.NextThen(MakeshiftFixture.Other));

        Assert.Equal("Hello from the scripted upstream.", ClientView.OfStream(await response.Content.ReadAsByteArrayAsync(Cancel)).Text);
        Assert.Equal("second", Assert.Single(response.Headers.GetValues("x-proxy-provider")));
    }

    [Fact]
    public async Task Failure_OfAllBeforeAPing_IsAPlainStatus()
    {
        _gateway.First.Next(new Behaviour { Status = 500 });

        using var response = await ChatAsync(_gateway.NextAlone());

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("upstream_error", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!["type"]);
    }

    [Fact]
    public async Task Failure_OfAllAfterAPing_IsAnErrorEventWithoutDone()
    {
        _gateway.First.Next(new Behaviour { DelayBeforeHeaders = TimeSpan.FromSeconds(1.5), Status = 500 });

        using var response = await ChatAsync(_gateway.NextAlone());
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith(Ping + "data: {\"error\":{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provider_ThatNeverAnswers_IsGivenUpAtItsTotalTime()
    {
        _gateway.First.Next(Behaviour.BlackHole);

        using var response = await ChatAsync(MakeshiftFixture.Hurried);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.StartsWith(Ping, text, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"timeout_error\"", text, StringComparison.Ordinal);
        var sent = await _gateway.First.NextRequestAsync();
        Assert.True((await sent.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).PeerLeft);
    }

    [Fact]
    public async Task Client_ThatLeavesWhileItWaits_EndsTheRequestUpstream()
    {
        _gateway.First.Next(Behaviour.BlackHole);
        var response = await ChatAsync(_gateway.NextAlone());
        response.Dispose();

        var sent = await _gateway.First.NextRequestAsync();
        Assert.True((await sent.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).PeerLeft);
    }

    private Task<HttpResponseMessage> ChatAsync(string model, string more = "") => PostAsync(
        "/v1/chat/completions", $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Hi"}],"x_unknown":1{{more}}}""");

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await _gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }
}
