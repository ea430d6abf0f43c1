using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.Makeshift;

/// <summary><c>POST /v1/completions</c> to a model that only chats.</summary>
public sealed class CompletionsByChatTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Fact]
    public async Task Prompt_ToAModelThatChats_IsAnsweredWithText()
    {
        using var response = await CompleteAsync(GatewayFixture.AnthropicModel);
        var answer = await ReadJsonAsync(response);

        Assert.Equal(("text_completion", "Hello from the scripted upstream.", "stop"), ((string?)answer["object"], (string?)answer["choices"]![0]!["text"], (string?)answer["choices"]![0]!["finish_reason"]));
        Assert.Equal("prompt: sent as a chat", Header(response, "x-proxy-warning"));
        var sent = JsonNode.Parse(Assert.Single(First.Requests).Body)!;
        Assert.Equal("Once upon", (string?)sent["messages"]![0]!["content"]![0]!["text"]);
    }

    [Fact]
    public async Task Prompt_ToAModelThatChats_IsStreamedAsText()
    {
        using var response = await CompleteAsync(GatewayFixture.AnthropicModel, ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        var events = await ReadEventsAsync(response);

        Assert.Equal("[DONE]", events[^1]);
        var told = events.SkipLast(1).Select(static data => JsonNode.Parse(data)!).ToList();
        Assert.Equal("Hello from the scripted upstream.", string.Concat(told.Select(static one => (string?)one["choices"]!.AsArray().FirstOrDefault()?["text"])));
        Assert.Equal("stop", (string?)told[^2]["choices"]![0]!["finish_reason"]);
        Assert.Equal(18, (int)told[^1]["usage"]!["total_tokens"]!);
    }

    [Fact]
    public async Task Prompt_ToAModelThatCompletes_GoesThroughAsItIs()
    {
        using var response = await CompleteAsync(GatewayFixture.CompletionModel, ",\"echo\":true");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = Assert.Single(First.Requests);
        Assert.Equal("/v1/completions", sent.Target);
        Assert.True((bool)JsonNode.Parse(sent.Body)!["echo"]!);
    }

    [Theory]
    [InlineData("suffix", "\"x\"")]
    [InlineData("echo", "true")]
    [InlineData("logprobs", "2")]
    [InlineData("best_of", "3")]
    [InlineData("n", "2")]
    public async Task Field_ThatAChatCannotServe_IsRefused(string name, string value)
    {
        using var response = await CompleteAsync(GatewayFixture.AnthropicModel, $",\"{name}\":{value}");

        var error = await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "unsupported_parameter");
        Assert.Equal(name, (string?)error["param"]);
        Assert.Equal(0, First.RequestCount);
    }

    private Task<HttpResponseMessage> CompleteAsync(string model, string more = "") =>
        SendAsync(Post("/v1/completions", $$"""{"model":"{{model}}","prompt":"Once upon"{{more}}}"""));
}
