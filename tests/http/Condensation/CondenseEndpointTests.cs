using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary><c>POST /v1/context/condense</c>.</summary>
[Collection(CondensingGatewayCollection.Name)]
public sealed class CondenseEndpointTests
{
    private const string Path = "/v1/context/condense";

    private readonly CondensingGateway _gateway;

    public CondenseEndpointTests(CondensingGateway gateway)
    {
        _gateway = gateway;
        gateway.Upstream.Reset();
        gateway.Writer.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hybrid")]
    [InlineData("structural")]
    [InlineData("temporal")]
    [InlineData("semantic")]
    public async Task Condense_KeepsTheBudget_AndTellsWhatBecameOfEachMessage(string strategy)
    {
        var told = await CondenseAsync(new JsonObject { ["model"] = "gpt-4o", ["strategy"] = strategy, ["max_tokens"] = 400, ["messages"] = LongTalk.Messages() });

        var report = told["report"]!;
        Assert.Equal(("context.condensed", "gpt-4o", strategy), ((string?)told["object"], (string?)told["model"], (string?)told["strategy"]));
        Assert.Equal((true, "o200k_base", true), ((bool)report["changed"]!, (string?)report["tokenizer"], (bool)report["exact"]!));
        var places = new[] { "kept", "shortened", "merged", "dropped" }.SelectMany(name => report[name]!.AsArray().Select(static place => (int)place!)).Order();
        Assert.Equal(Enumerable.Range(0, 121), places);
        Assert.Contains(120, report["kept"]!.AsArray().Select(static place => (int)place!));
        var messages = told["messages"]!.AsArray();
        var counted = 3 + messages.Sum(static message => 4 + TokenCounters.O200k.CountAtMost((string)message!["content"]!));
        Assert.True(counted <= 400 && (int)report["tokens_after"]! <= 400, $"{counted} tokens were counted, {report["tokens_after"]} told.");
        Assert.True((int)report["tokens_before"]! > 2000);
        Assert.Equal(LongTalk.Question, (string?)messages[^1]!["content"]);
        Assert.Equal("count", (string?)report["steps"]![0]!["step"]);
        Assert.Equal((int)report["tokens_after"]!, (int)report["steps"]!.AsArray()[^1]!["tokens"]!);
        Assert.Empty(_gateway.Upstream.Requests);
    }

    [Fact]
    public async Task Query_DecidesWhatMatters()
    {
        var messages = LongTalk.Messages();
        messages[^1]!["content"] = "Go on.";

        var told = await CondenseAsync(new JsonObject { ["max_tokens"] = 200, ["query"] = LongTalk.Question, ["messages"] = messages });

        Assert.Contains(LongTalk.Fact, told["messages"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(LongTalk.Fact, (string?)told["text"], StringComparison.Ordinal);
        Assert.False((bool)told["report"]!["exact"]!);
    }

    [Fact]
    public async Task Conversation_ThatFits_ComesBackAsItIs()
    {
        const string Messages = """[{"role":"system","content":"Be brief.","name":"ops"},{"role":"user","content":[{"type":"text","text":"Hi"}],"timestamp":1769853600,"x":{"a":1.0}}]""";

        var told = await CondenseAsync(JsonNode.Parse($$"""{"model":"gpt-4o","messages":{{Messages}}}""")!.AsObject());

        Assert.Equal(Messages, told["messages"]!.ToJsonString());
        Assert.False((bool)told["report"]!["changed"]!);
        Assert.Equal(512, (int)told["report"]!["max_tokens"]!);
    }

    [Fact]
    public async Task Timestamps_DecideWhatIsRecent()
    {
        var messages = new JsonArray();
        for (var i = 0; i < 40; i++)
        {
            var message = LongTalk.Message("user", LongTalk.Sentence(i, "I noticed"));
            message["timestamp"] = i == 7 ? "2026-01-31T12:00:00Z" : "2020-01-01T00:00:00Z";
            messages.Add(message);
        }

        messages.Add(LongTalk.Message("user", "Go on."));
        messages[^1]!["timestamp"] = "2026-01-31T12:00:01Z";

        var told = await CondenseAsync(new JsonObject { ["model"] = "gpt-4o", ["strategy"] = "temporal", ["max_tokens"] = 80, ["messages"] = messages });

        Assert.Contains(7, told["report"]!["kept"]!.AsArray().Select(static place => (int)place!));
    }

    [Fact]
    public async Task Pictures_ThatAreLeftOut_AreTold()
    {
        var messages = LongTalk.Messages();
        messages[3] = JsonNode.Parse("""{"role":"assistant","content":[{"type":"text","text":"Here."},{"type":"image_url","image_url":{"url":"https://a/b.png"}},{"type":"file","file":{"file_id":"f"}}]}""");

        var told = await CondenseAsync(new JsonObject { ["model"] = "gpt-4o", ["max_tokens"] = 400, ["messages"] = messages });

        Assert.Equal((1, 1), ((int)told["report"]!["images_left_out"]!, (int)told["report"]!["files_left_out"]!));
    }

    [Fact]
    public async Task Tools_ComeBackPaired()
    {
        var messages = LongTalk.Messages();
        messages.Insert(20, new JsonObject { ["role"] = "tool", ["tool_call_id"] = "c", ["content"] = LongTalk.Fact });
        messages.Insert(20, JsonNode.Parse("""{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"look_up","arguments":"{\"vault\":\"Zanzibar\"}"}}]}"""));

        var told = await CondenseAsync(new JsonObject { ["model"] = "gpt-4o", ["max_tokens"] = 400, ["messages"] = messages });

        var kept = told["report"]!["kept"]!.AsArray().Select(static place => (int)place!).ToList();
        Assert.Equal(kept.Contains(20), kept.Contains(21));
        Assert.Contains(20, kept);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"strategy":"magic"}""", "unknown_strategy")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"strategy":7}""", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"max_tokens":0}""", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"max_tokens":"many"}""", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"max_tokens":1}""", "budget_too_small")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"query":["a"]}""", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi","timestamp":"yesterday"}]}""", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi","timestamp":1e300}]}""", "invalid_value")]
    [InlineData("""{"messages":[{"role":"wizard","content":"Hi"}]}""", "invalid_value")]
    [InlineData("""{"messages":[{"content":"Hi"}]}""", "missing_field")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "invalid_value")]
    [InlineData("""{"messages":["Hi"]}""", "invalid_value")]
    [InlineData("""{"messages":[]}""", "invalid_value")]
    [InlineData("""{"messages":{}}""", "invalid_value")]
    [InlineData("""{"model":"m"}""", "missing_field")]
    [InlineData("""{"model":7,"messages":[{"role":"user","content":"Hi"}]}""", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", "invalid_json")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}]""", "invalid_json")]
    [InlineData("""[]""", "invalid_json")]
    public async Task Body_ThatCannotBeCondensed_IsRefused(string body, string code)
    {
        using var response = await _gateway.SendAsync(Path, body);

        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{(int)response.StatusCode}: {text}");
        Assert.Equal(code, (string?)JsonNode.Parse(text)!["error"]!["code"]);
    }

    [Fact]
    public async Task BudgetTooSmall_TellsTheLeast_WhichThenDoes()
    {
        var body = new JsonObject { ["model"] = "gpt-4o", ["max_tokens"] = 10, ["messages"] = LongTalk.Messages() };

        using var refused = await _gateway.SendAsync(Path, body.ToJsonString());
        var message = (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancel))!["error"]!["message"]!;
        body["max_tokens"] = int.Parse(message.Split(' ')[^1].TrimEnd('.'), System.Globalization.CultureInfo.InvariantCulture);
        var told = await CondenseAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal((int)body["max_tokens"]!, (int)told["report"]!["least_tokens"]!);
    }

    [Fact]
    public async Task Body_LargerThanTheLimit_IsRefused()
    {
        using var response = await _gateway.SendAsync(Path, new JsonObject { ["messages"] = LongTalk.Messages(2000) }.ToJsonString());

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Request_CountsAgainstTheCallersLimit_AndTakesThePermission()
    {
        var key = await _gateway.KeyAsync(new { name = "twice", roles = new[] { "user" }, limits = new { requestsPerMinute = 2 } });
        using var twice = _gateway.Client(key);
        var viewer = await _gateway.KeyAsync(new { name = "none", roles = new[] { "viewer" } });
        using var powerless = _gateway.Client(viewer);
        const string Body = """{"messages":[{"role":"user","content":"Hi"}]}""";

        using var first = await _gateway.SendAsync(Path, Body, client: twice);
        using var second = await _gateway.SendAsync(Path, Body, client: twice);
        using var third = await _gateway.SendAsync(Path, Body, client: twice);
        using var denied = await _gateway.SendAsync(Path, Body, client: powerless);
        using var got = await _gateway.User.GetAsync(new Uri(Path, UriKind.Relative), Cancel);

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.Forbidden, HttpStatusCode.MethodNotAllowed],
            new[] { first, second, third, denied, got }.Select(static response => response.StatusCode));
    }

    private async Task<JsonNode> CondenseAsync(JsonObject body)
    {
        using var response = await _gateway.SendAsync(Path, body.ToJsonString());
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
