using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Messages;

public sealed class MessagesRouteTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Theory]
    [InlineData("", 400, "invalid_request_error")]
    [InlineData("""{"model":"gpt-4o","max_tokens":1}""", 400, "invalid_request_error")]
    [InlineData("""{"model":"gpt-4o","max_tokens":1,"messages":[]}""", 400, "invalid_request_error")]
    [InlineData("""{"model":"gpt-4o","max_tokens":1,"messages":[{"role":"user","content":[{"type":"video"}]}]}""", 400, "invalid_request_error")]
    [InlineData("""{"model":"nobody","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]}""", 404, "not_found_error")]
    public async Task Request_ThatIsRefused_IsToldInAnthropicsShape(string body, int status, string type)
    {
        using var response = await SendAsync(Post("/v1/messages", body));

        await AssertRefusedAsync(response, status, type);
    }

    [Fact]
    public async Task Route_AskedInAnotherWay_SaysWhichItTakes()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/messages");
        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, 405, "invalid_request_error");
        Assert.Equal("POST", Assert.Single(response.Content.Headers.Allow));
    }

    [Fact]
    public async Task Bytes_ToAnthropic_GoThroughWithTheHeadersOfTheList()
    {
        const string Body = """{ "x_new":[1.50], "model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"H\u00e9"}] }""";
        using var request = Post("/v1/messages", Body);
        request.Headers.TryAddWithoutValidation("x-api-key", "sk-of-the-client");
        request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        request.Headers.TryAddWithoutValidation("anthropic-beta", "context-1m-2025-08-07,files-api-2025-04-14");

        using var response = await SendAsync(request);

        var sent = First.Requests[^1];
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("/v1/messages", Body), (sent.Target, sent.Text));
        Assert.Equal(("2023-06-01", "context-1m-2025-08-07"), (sent.Header("anthropic-version"), sent.Header("anthropic-beta")));
        Assert.DoesNotContain("sk-of-the-client", System.Text.Encoding.ASCII.GetString(sent.Head), StringComparison.Ordinal);
        Assert.Equal("anthropic-beta.files-api-2025-04-14: dropped", Header(response, "x-proxy-warning"));
        Assert.Equal("anthropic-like", Header(response, "x-proxy-provider"));
        Assert.Equal(Header(response, "x-request-id"), Header(response, "request-id"));
        Assert.Equal("msg_scripted", (string?)(await ReadJsonAsync(response))["id"]);
    }

    [Fact]
    public async Task Stream_OfAnthropic_ArrivesEventByEvent()
    {
        using var response = await SendAsync(Post("/v1/messages", Body(GatewayFixture.AnthropicModel, stream: true)));

        var events = await EventsAsync(response);
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            ["message_start", "content_block_start", "ping", "content_block_delta"],
            events.Take(4).Select(static told => told.Name));
        Assert.Equal(["content_block_stop", "message_delta", "message_stop"], events.TakeLast(3).Select(static told => told.Name));
        Assert.All(events, static told => Assert.Equal(told.Name, (string?)told.Data["type"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Provider_ThatFailsBeforeItsFirstContent_IsReplacedByTheNext(bool stream)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, stream ? new Behaviour { CutAfterEvents = 1 } : new Behaviour { Status = 500 });

        using var response = await SendAsync(Post("/v1/messages", Body(pair.Alias, stream)));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((pair.Second, "2"), (Header(response, "x-proxy-provider"), Header(response, "x-proxy-attempts")));
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Contains(stream ? "event: message_stop" : "\"end_turn\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_ThatBreaksOff_EndsInAnErrorEvent(bool isAnthropic)
    {
        var model = GatewayFixture.AnthropicModel;
        if (isAnthropic)
        {
            First.Next(new Behaviour { CutAfterEvents = 5 });
        }
        else
        {
            var pair = Gateway.NextPair();
            First.ForModel(pair.Model, new Behaviour { CutAfterEvents = 3 });
            model = pair.OnlyFirst;
        }

        using var response = await SendAsync(Post("/v1/messages", Body(model, stream: true)));

        var events = await EventsAsync(response);
        Assert.Equal("error", events[^1].Name);
        Assert.Equal("api_error", (string?)events[^1].Data["error"]!["type"]);
        Assert.Equal(Header(response, "request-id"), (string?)events[^1].Data["request_id"]);
        Assert.DoesNotContain(events, static told => told.Name == "message_stop");
    }

    [Fact]
    public async Task Overload_OfTheOnlyProvider_Is529()
    {
        First.Next(new Behaviour { Status = 529, RetryAfter = "7" });

        using var response = await SendAsync(Post("/v1/messages", Body(GatewayFixture.AnthropicModel)));

        await AssertRefusedAsync(response, 529, "overloaded_error");
        Assert.Equal("7", Header(response, "retry-after"));
    }

    [Fact]
    public async Task Field_ThatIsLeftOut_IsTold()
    {
        using var response = await SendAsync(Post("/v1/messages", Body(GatewayFixture.OpenAiModel, more: ",\"top_k\":4")));

        Assert.Equal("top_k: dropped", Header(response, "x-proxy-warning"));
    }

    [Fact]
    public async Task Count_OfAnthropic_IsItsOwn()
    {
        using var response = await SendAsync(Post("/v1/messages/count_tokens", CountBody(GatewayFixture.AnthropicModel)));

        Assert.Equal("""{"input_tokens":11}""", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("/v1/messages/count_tokens", First.Requests[^1].Target);
        Assert.Equal("<no x-proxy-warning>", Header(response, "x-proxy-warning"));
    }

    [Theory]
    [InlineData(GatewayFixture.OpenAiModel, 200, 5)]
    [InlineData(GatewayFixture.AnthropicModel, 500, 6)]
    public async Task Count_WhereNobodyCounts_IsAnEstimateThatSaysSo(string model, int status, int expected)
    {
        if (status != 200)
        {
            First.Next(new Behaviour { Status = status });
        }

        using var response = await SendAsync(Post("/v1/messages/count_tokens", CountBody(model)));

        Assert.Equal($$"""{"input_tokens":{{expected}}}""", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("input_tokens: estimated", Header(response, "x-proxy-warning"));
        Assert.Equal("<no x-proxy-provider>", Header(response, "x-proxy-provider"));
    }

    [Fact]
    public async Task Count_OfAnUnknownModel_IsRefused()
    {
        using var response = await SendAsync(Post("/v1/messages/count_tokens", CountBody("nobody")));

        await AssertRefusedAsync(response, 404, "not_found_error");
    }

    private static string Body(string model, bool stream = false, string more = "") =>
        $$"""{"model":"{{model}}","max_tokens":9,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Hello"}]{{more}}}""";

    private static string CountBody(string model) => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]}""";

    private static async Task<List<(string Name, JsonNode Data)>> EventsAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return
        [
            .. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static frame =>
            {
                var lines = frame.Split('\n');
                return (lines[0]["event: ".Length..], JsonNode.Parse(lines[1]["data: ".Length..])!);
            }),
        ];
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, int status, string type)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(status == (int)response.StatusCode, $"Expected {status}, got {(int)response.StatusCode}: {text}");
        var told = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(["type", "error", "request_id"], told.Select(static member => member.Key));
        Assert.Equal(("error", type), ((string?)told["type"], (string?)told["error"]!["type"]));
        Assert.False(string.IsNullOrEmpty((string?)told["error"]!["message"]));
        Assert.Equal(Header(response, "request-id"), (string?)told["request_id"]);
    }
}
