using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Deadlines;

/// <summary>What a client's <c>x-proxy-timeout-ms</c> cuts, and what it hears then.</summary>
public sealed class ClientDeadlineTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Fact]
    public async Task Body_ThatComesTooSlowly_Is408AndClosesTheConnection()
    {
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        await client.SendAsync(Head(contentLength: 1000, milliseconds: 300) + """{"model":"gpt-4o",""");

        var response = await client.ReadResponseAsync();

        Assert.Equal(408, response!.Status);
        var error = JsonNode.Parse(response.Body)!["error"]!;
        Assert.Equal(("timeout_error", "request_timeout"), ((string?)error["type"], (string?)error["code"]));
        Assert.Equal("close", Assert.Single(response.Headers["connection"]));
        Assert.Single(response.Headers["x-request-id"]);
        Assert.Equal(0, First.RequestCount);
    }

    [Fact]
    public async Task Body_InPiecesButInTime_IsServed()
    {
        var body = ChatBody(GatewayFixture.OpenAiModel);
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        await client.SendAsync(Head(body.Length, milliseconds: 30_000) + body[..10]);
        await client.SendAsync(body[10..]);

        var response = await client.ReadResponseAsync();

        Assert.Equal(200, response!.Status);
    }

    [Theory]
    [InlineData("silent", false)]
    [InlineData("silent", true)]
    [InlineData("stall=0", false)]
    [InlineData("stall=1", true)]
    public async Task Provider_SlowerThanTheClientWaits_Is408AndNoFailureOfTheProvider(string script, bool stream)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, BehaviourText.Parse(script));

        for (var i = 0; i < 3; i++)
        {
            using var response = await SendAsync(Hurried(pair.Alias, stream, milliseconds: 300));
            await AssertRefusedAsync(response, HttpStatusCode.RequestTimeout, "timeout_error", "request_timeout");
        }

        // Nobody else is asked: there is no time left. And the provider is still the first to be asked.
        Assert.Equal((3, 0), (First.RequestCount, Second.RequestCount));
        Assert.Equal(3, await OutcomesAsync(pair.First, "abandoned"));
    }

    [Fact]
    public async Task Stream_LongerThanTheClientWaits_EndsInAnErrorEvent()
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new() { StallAfterEvents = 3 });

        using var response = await SendAsync(Hurried(pair.OnlyFirst, stream: true, milliseconds: 700));
        var events = await ReadEventsAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("request_timeout", (string?)JsonNode.Parse(events[^1])!["error"]!["code"]);
        Assert.Equal(1, await OutcomesAsync(pair.First, "abandoned"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("86400001")]
    public async Task Deadline_ThatIsNone_IsRefused(string milliseconds)
    {
        var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel));
        request.Headers.TryAddWithoutValidation("x-proxy-timeout-ms", milliseconds);

        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "invalid_value");
    }

    private static HttpRequestMessage Hurried(string model, bool stream, int milliseconds)
    {
        var request = Post("/v1/chat/completions", ChatBody(model, stream));
        request.Headers.Add("x-proxy-timeout-ms", milliseconds.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    private static string Head(int contentLength, int milliseconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {contentLength}\r\nx-proxy-timeout-ms: {milliseconds}\r\n\r\n");

    private async Task<int> OutcomesAsync(string provider, string outcome)
    {
        var text = await Metrics.PageAsync(Gateway.Ops, Cancel);
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith("proxycluster_gateway_attempts", StringComparison.Ordinal)
            && line.Contains($"provider=\"{provider}\"", StringComparison.Ordinal)
            && line.Contains($"outcome=\"{outcome}\"", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
