using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Routing;

/// <summary><c>POST /v1/routing/explain</c>: what it tells, and that nothing is sent.</summary>
public sealed class ExplainTests(RoutedGateway gateway) : IClassFixture<RoutedGateway>
{
    private const string Chat = """{"model":"cheapest","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Explain_ARequest_TellsEveryCandidateAndTheChoiceThatIsThenMade()
    {
        var sent = gateway.Upstream.RequestCount;
        var told = await ExplainAsync(Chat, client: gateway.User);

        Assert.Equal(sent, gateway.Upstream.RequestCount);
        Assert.Equal(("cheapest", "cost", "eu-central-1"), ((string?)told["model"], (string?)told["strategy"], (string?)told["region"]));
        Assert.Equal(
            [("alpha", false, ""), ("beta", true, ""), ("gamma", false, ""), ("delta", false, "disabled")],
            told["candidates"]!.AsArray().Select(c => ((string)c!["provider"]!, (bool)c["chosen"]!, string.Join(",", c["reasons"]!.AsArray()))));
        Assert.Equal(("beta", "shared"), ((string?)told["choice"]!["provider"], (string?)told["choice"]!["model"]));

        using var response = await gateway.SendAsync("/v1/chat/completions", Chat);
        Assert.Equal((string?)told["choice"]!["provider"], response.Headers.GetValues("x-proxy-provider").Single());
    }

    [Fact]
    public async Task Explain_WhereChanceDecides_TellsEachShare_AndWhereItDoesNot_ThatToo()
    {
        var drawn = await ExplainAsync("""{"model":"shared"}""", "weighted_random");
        var certain = await ExplainAsync(Chat);

        Assert.Equal((true, false), ((bool)drawn["choice"]!["by_chance"]!, (bool)drawn["choice"]!["exploration"]!));
        Assert.Equal(1, drawn["candidates"]!.AsArray().Sum(c => (double)c!["chance"]!), 9);
        Assert.All(drawn["candidates"]!.AsArray().Take(3), c => Assert.InRange((double)c!["chance"]!, 0.32, 0.35));
        Assert.False((bool)certain["choice"]!["by_chance"]!);
        Assert.Equal([0.0, 1, 0, 0], certain["candidates"]!.AsArray().Select(c => (double)c!["chance"]!));
    }

    [Fact]
    public async Task Explain_AStrategyOfOnesOwn_IsAskedOnce_AndItsSharesAreNotKnown()
    {
        var told = await ExplainAsync("""{"model":"spared"}""");

        Assert.Null(told["choice"]!["by_chance"]);
        Assert.All(told["candidates"]!.AsArray(), c => Assert.Null(c!["chance"]));
    }

    [Fact]
    public async Task Explain_Scores_AddUpByTheirWeights()
    {
        var told = await ExplainAsync("""{"model":"shared","prompt_tokens":1000,"max_tokens":500}""");

        var weights = told["weights"]!;
        Assert.Equal(("intelligent", 1000, 500), ((string?)told["strategy"], (int)told["request"]!["prompt_tokens"]!, (int)told["request"]!["output_tokens"]!));
        foreach (var candidate in told["candidates"]!.AsArray().Where(c => (string?)c!["provider"] != "delta"))
        {
            var score = candidate!["score"]!;
            string[] parts = ["performance", "cost", "reliability", "load"];
            Assert.Equal((double)score["total"]!, parts.Sum(part => (double)score[part]! * (double)weights[part]!), 9);
            Assert.True((bool)candidate["eligible"]!, candidate.ToJsonString());
        }

        // 1,500 tokens at 1 dollar a million: 100 − 1000 × 0.0015.
        Assert.Equal(98.5, (double)told["candidates"]!.AsArray().Single(c => (string?)c!["provider"] == "beta")!["score"]!["cost"]!, 9);
    }

    [Fact]
    public async Task Explain_WithoutALimit_CountsAnAnswerOf256Tokens()
    {
        var told = await ExplainAsync("""{"model":"shared","prompt_tokens":1000}""");

        Assert.Equal(256, (int)told["request"]!["output_tokens"]!);
        var beta = told["candidates"]!.AsArray().Single(c => (string?)c!["provider"] == "beta")!;
        Assert.Equal(0.001256, (double)beta["cost_usd"]!, 9);
        Assert.Equal(98.744, (double)beta["score"]!["cost"]!, 9);
    }

    [Theory]
    [InlineData("""{"model":"shared","system":"s","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"x"}}]}]}""", "", "chat,vision")]
    [InlineData("""{"model":"shared","input":[{"role":"user","content":"Hi"}],"stream":true}""", "", "chat,streaming")]
    [InlineData("""{"model":"shared","input":"Hi"}""", "?route=embeddings", "embeddings")]
    [InlineData("""{"model":"shared","prompt":"Hi"}""", "", "completions")]
    [InlineData("""{"model":"shared","capabilities":["json"]}""", "", "chat,json")]
    public async Task Explain_ARequestOfAnyDialect_AsksForWhatItAsks(string body, string query, string capabilities)
    {
        var told = await ExplainAsync(body, query: query);

        Assert.Equal(capabilities, string.Join(",", told["request"]!["capabilities"]!.AsArray()));
        Assert.NotNull(told["choice"]);
    }

    [Fact]
    public async Task Explain_WhatNobodyCan_TellsTheReasonsAndTheRefusal()
    {
        var told = await ExplainAsync("""{"model":"shared","capabilities":["rerank"]}""");

        Assert.Null(told["choice"]);
        Assert.Equal("capability_not_supported", (string?)told["refusal"]!["code"]);
        Assert.All(told["candidates"]!.AsArray().Take(3), c => Assert.Equal("capability", (string?)c!["reasons"]!.AsArray().Single()));
    }

    [Fact]
    public async Task Explain_ByTheWishesOfAnAdministrator_GoesByThem()
    {
        var told = await ExplainAsync(Chat, "geographic");

        Assert.Equal(("geographic", "gamma"), ((string?)told["strategy"], (string?)told["choice"]!["provider"]));
        Assert.InRange((double)told["candidates"]!.AsArray().Single(c => (string?)c!["provider"] == "gamma")!["distance_km"]!, 440, 490);

        using var refused = await gateway.SendAsync("/v1/routing/explain", Chat, "geographic", gateway.User);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Explain_AnAlias_TellsWhoTakesOver()
    {
        var told = await ExplainAsync("""{"model":"chain-1"}""");

        Assert.Equal(["rescue"], told["fallbacks"]!["any"]!.AsArray().Select(model => (string?)model));
    }

    [Theory]
    [InlineData("""{"model":"nobody-has-it"}""", HttpStatusCode.NotFound, "model_not_found")]
    [InlineData("""{"messages":[]}""", HttpStatusCode.BadRequest, "invalid_value")]
    [InlineData("{", HttpStatusCode.BadRequest, "invalid_json")]
    public async Task Explain_WhatCannotBe_IsRefusedAsTheRequestWouldBe(string body, HttpStatusCode status, string code)
    {
        using var response = await gateway.SendAsync("/v1/routing/explain", body);

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;
        Assert.Equal((status, code), (response.StatusCode, (string?)error["code"]));
    }

    [Fact]
    public async Task Explain_WithoutAKeyOrByAnotherMethod_IsRefused()
    {
        using var stranger = TestHttp.Client(gateway.Gateway.Data);
        using var unknown = await gateway.SendAsync("/v1/routing/explain", Chat, client: stranger);
        using var got = await gateway.Admin.GetAsync(new Uri("/v1/routing/explain", UriKind.Relative), Cancel);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.MethodNotAllowed), (unknown.StatusCode, got.StatusCode));
    }

    private async Task<JsonNode> ExplainAsync(string body, string? strategy = null, HttpClient? client = null, string query = "")
    {
        using var response = await gateway.SendAsync("/v1/routing/explain" + query, body, strategy, client);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.False(response.Headers.Contains("x-proxy-provider"), "Nobody was asked.");
        return JsonNode.Parse(text)!;
    }
}
