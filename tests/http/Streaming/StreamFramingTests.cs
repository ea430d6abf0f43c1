using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Streaming;

public sealed class StreamFramingTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    public static TheoryData<string> ChatModels => [GatewayFixture.OpenAiModel, GatewayFixture.AnthropicModel];

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Stream_Headers_ForbidBufferingAndCaching(string model)
    {
        using var response = await ChatAsync(model, stream: true);

        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", Header(response, "cache-control"));
        Assert.Equal("no", Header(response, "x-accel-buffering"));
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Stream_Bytes_AreDataLinesWithOneJsonEach(string model)
    {
        using var response = await ChatAsync(model, stream: true);

        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", text, StringComparison.Ordinal);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, one => Assert.StartsWith("data: ", one, StringComparison.Ordinal));
        Assert.All(events[..^1], one => Assert.NotNull(JsonNode.Parse(one["data: ".Length..])));
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Stream_Chunks_AgreeOnIdCreatedAndModel(string model)
    {
        using var response = await ChatAsync(model, stream: true);

        var chunks = (await ReadEventsAsync(response)).SkipLast(1).Select(data => JsonNode.Parse(data)!).ToList();
        Assert.Single(chunks.Select(chunk => ((string?)chunk["id"], (long?)chunk["created"], (string?)chunk["model"])).Distinct());
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", (string?)chunk["object"]));
        Assert.Equal("assistant", (string?)chunks[0]["choices"]![0]!["delta"]!["role"]);
        Assert.Equal("stop", (string?)chunks[^1]["choices"]![0]!["finish_reason"]);
        Assert.All(chunks.SkipLast(1), chunk => Assert.Null(chunk["choices"]![0]!["finish_reason"]));
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Stream_EachEvent_ArrivesBeforeTheNextIsSent(string model)
    {
        var released = new SemaphoreSlim(0);
        First.Behaviour = new() { Events = 3, BeforeEvent = (_, cancel) => released.WaitAsync(cancel) };
        var sending = ChatAsync(model, stream: true);
        // What comes before the first content.
        released.Release(model == GatewayFixture.OpenAiModel ? 2 : 4);
        using var response = await sending;
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(Cancel));

        for (var token = 1; token <= 3; token++)
        {
            var seen = "";
            while (!seen.Contains($"token {token} ", StringComparison.Ordinal))
            {
                seen = await reader.NextAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel) ?? throw new EndOfStreamException();
            }

            released.Release();
        }

        released.Release(10);
        Assert.Equal("[DONE]", (await reader.ToEndAsync(Cancel))[^1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Stream_SplitAnywhereWithCrlfAndComments_SaysTheSame(int bytes)
    {
        First.Behaviour = new() { Text = "Grüße 👋 aus Zürich", SplitBytes = bytes, Crlf = true, Comments = true };
        foreach (var model in ChatModels)
        {
            using var response = await ChatAsync((string)model.Data, stream: true);
            var events = await ReadEventsAsync(response);

            Assert.Equal("Grüße 👋 aus Zürich", Fold(events));
            Assert.Equal("[DONE]", events[^1]);
        }
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Usage_NotAskedFor_IsAskedUpstreamAndHidden(string model)
    {
        using var response = await ChatAsync(model, stream: true);
        var events = await ReadEventsAsync(response);

        Assert.All(events.SkipLast(1), data => Assert.False(JsonNode.Parse(data)!.AsObject().ContainsKey("usage"), data));
        Assert.All(events.SkipLast(1), data => Assert.NotEmpty(JsonNode.Parse(data)!["choices"]!.AsArray()));
        if (model == GatewayFixture.OpenAiModel)
        {
            Assert.True((await First.NextRequestAsync()).Json().GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        }
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Usage_AskedFor_IsOneMoreChunkWithoutChoicesBeforeDone(string model)
    {
        using var response = await ChatAsync(model, stream: true, ",\"stream_options\":{\"include_usage\":true}");
        var events = await ReadEventsAsync(response);

        Assert.Equal("[DONE]", events[^1]);
        var last = JsonNode.Parse(events[^2])!;
        Assert.Empty(last["choices"]!.AsArray());
        Assert.Equal((11, 7, 18), ((int)last["usage"]!["prompt_tokens"]!, (int)last["usage"]!["completion_tokens"]!, (int)last["usage"]!["total_tokens"]!));
        Assert.All(events.SkipLast(2), data => Assert.Null(JsonNode.Parse(data)!["usage"]));
    }

    [Fact]
    public async Task Usage_AskedForButNotToldUpstream_StillEndsInDone()
    {
        First.Behaviour = new() { OmitUsage = true };
        using var response = await ChatAsync(GatewayFixture.OpenAiModel, stream: true, ",\"stream_options\":{\"include_usage\":true}");

        Assert.Equal("[DONE]", (await ReadEventsAsync(response))[^1]);
    }

    [Fact]
    public async Task Completions_WholeAndStreamed_SayTheSame()
    {
        const string Body = """{"model":"gpt-3.5-turbo-instruct","prompt":"Hello"}""";
        using var whole = await SendAsync(Post("/v1/completions", Body));
        using var streamed = await SendAsync(Post("/v1/completions", Body.Replace("}", ",\"stream\":true}", StringComparison.Ordinal)));

        var answer = await ReadJsonAsync(whole);
        var events = await ReadEventsAsync(streamed);
        Assert.Equal("Hello from the scripted upstream.", (string?)answer["choices"]![0]!["text"]);
        Assert.Equal((string?)answer["choices"]![0]!["text"], string.Concat(events.SkipLast(1).Select(data => (string?)JsonNode.Parse(data)!["choices"]![0]!["text"])));
    }
}
