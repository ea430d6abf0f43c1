using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Budgets;

/// <summary>Tokens and money over HTTP: what is refused, what is told, and what is charged.</summary>
public sealed class BudgetTests : IClassFixture<BudgetFixture>
{
    private static readonly Behaviour Longest = new() { CompletionTokens = 100 };

    private readonly BudgetFixture _gateway;

    public BudgetTests(BudgetFixture gateway)
    {
        _gateway = gateway;
        gateway.Upstream.Reset();
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Budget_ForTen_RefusesTheEleventhWithAllThatApiTells()
    {
        var (subject, key) = await _gateway.CreateKeyAsync();
        _gateway.Upstream.Behaviour = Longest;
        for (var i = 0; i < 10; i++)
        {
            using var served = await ChatAsync(key, BudgetFixture.Model);
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        }

        using var refused = await ChatAsync(key, BudgetFixture.Model);

        Assert.Equal((HttpStatusCode.TooManyRequests, "insufficient_quota"), (refused.StatusCode, await CodeAsync(refused)));
        Assert.Equal("false", Header(refused, "x-should-retry"));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalHours, 0, 24);
        Assert.Equal(10, _gateway.Upstream.RequestCount);
        var day = await LimitAsync(key, "dollars_per_day");
        Assert.Equal((subject, 0.1m, 0.1m, 0m, 0m), ((string)day["subject"]!, (decimal)day["most"]!, (decimal)day["used"]!, (decimal)day["reserved"]!, (decimal)day["left"]!));
    }

    [Fact]
    public async Task Budgets_OfHundredCallsAtOnce_ServeWhatTheyAreGoodFor()
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        _gateway.Upstream.Behaviour = Longest with { DelayBeforeHeaders = TimeSpan.FromMilliseconds(500) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ChatAsync(key, BudgetFixture.Model)));

        Assert.Equal((10, 90), (answers.Count(static answer => answer.StatusCode == HttpStatusCode.OK), answers.Count(static answer => answer.StatusCode == HttpStatusCode.TooManyRequests)));
        Assert.Equal(10, _gateway.Upstream.RequestCount);
        Array.ForEach(answers, static answer => answer.Dispose());
    }

    [Fact]
    public async Task Stream_IsChargedWhatItsProviderTold()
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        using (var streamed = await ChatAsync(key, BudgetFixture.Model, ",\"stream\":true"))
        {
            Assert.EndsWith("data: [DONE]\n\n", await streamed.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        await Wait.UntilAsync(async () => (decimal)(await LimitAsync(key, "dollars_per_day"))["used"]! == 0.0007m, "seven tokens are charged", Patience);
    }

    [Fact]
    public async Task Answer_WithoutUsage_IsChargedByTheGatewaysOwnCount()
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        _gateway.Upstream.Behaviour = new() { OmitUsage = true };
        using (await ChatAsync(key, BudgetFixture.Model))
        {
        }

        await Wait.UntilAsync(async () => (decimal)(await LimitAsync(key, "dollars_per_day"))["used"]! > 0, "something is charged", Patience);
    }

    [Fact]
    public async Task Client_ThatLeavesAStream_IsChargedWhatWasMade()
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        _gateway.Upstream.Behaviour = new() { Endless = true, DelayBetweenEvents = TimeSpan.FromMilliseconds(5) };
        using (var leaving = await ChatAsync(key, BudgetFixture.Model, ",\"stream\":true", HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await leaving.Content.ReadAsStreamAsync(Cancel);
            await body.ReadExactlyAsync(new byte[4_000], Cancel);
        }

        await Wait.UntilAsync(
            async () => await LimitAsync(key, "dollars_per_day") is var day && (decimal)day["used"]! > 0 && (decimal)day["reserved"]! == 0,
            "what was made is charged, and nothing stays reserved", Patience);
    }

    [Fact]
    public async Task Image_IsChargedWhatItsProviderTold()
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        var picture = Convert.ToBase64String(new byte[100_000]);
        _gateway.Upstream.Behaviour = new() { Body = $$$"""{"created":1,"data":[{"b64_json":"{{{picture}}}"}],"usage":{"input_tokens":20,"output_tokens":60,"total_tokens":80}}""" };
        using var painted = await PostAsync(key, "/v1/images/generations", $$"""{"model":"{{BudgetFixture.Painter}}","prompt":"a cat","n":1}""");
        Assert.Equal(HttpStatusCode.OK, painted.StatusCode);
        Assert.Contains(picture, await painted.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        await Wait.UntilAsync(async () => (decimal)(await LimitAsync(key, "dollars_per_day"))["used"]! == 0.0062m, "what the picture cost is charged", Patience);
        await Wait.UntilAsync(async () => await UsageAsync(key) is var own && (int)own["total"]!["requests"]! == 1 && (int)own["total"]!["total_tokens"]! == 80, "the ledger has it", Patience);
    }

    [Theory]
    [InlineData("/v1/audio/speech", """{"model":"painter","input":"Hello","voice":"a"}""")]
    [InlineData("/v1/rerank", """{"model":"painter","query":"a","documents":["b"]}""")]
    public async Task PassedOnRequest_WithoutUsage_IsLedgeredWithItsPrompt(string path, string body)
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        _gateway.Upstream.Behaviour = new() { Body = """{"ok":true}""" };

        using var passed = await PostAsync(key, path, body);

        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        await Wait.UntilAsync(
            async () => await UsageAsync(key) is var own && (int)own["total"]!["requests"]! == 1 && (int)own["total"]!["prompt_tokens"]! is > 5 and < 40, "the ledger has it", Patience);
    }

    [Fact]
    public async Task Images_OfOneRequest_AreAtMostTen()
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        _gateway.Upstream.Behaviour = new() { Body = """{"created":1,"data":[]}""" };

        using var ten = await PostAsync(key, "/v1/images/generations", """{"model":"painter","prompt":"a cat","n":10}""");
        using var eleven = await PostAsync(key, "/v1/images/generations", """{"model":"painter","prompt":"a cat","n":11}""");

        // Ten of the longest kind cost ten cents, and the prompt a little: more than there is.
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.BadRequest), (ten.StatusCode, eleven.StatusCode));
    }

    [Fact]
    public async Task Failure_OfTheProvider_CostsNothing()
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        _gateway.Upstream.Behaviour = new() { Status = 400, Body = """{"error":{"message":"no"}}""" };
        using (var failed = await ChatAsync(key, BudgetFixture.Model))
        {
            Assert.NotEqual(HttpStatusCode.OK, failed.StatusCode);
        }

        await Wait.UntilAsync(async () => (decimal)(await LimitAsync(key, "dollars_per_day"))["reserved"]! == 0, "nothing stays reserved", Patience);
        Assert.Equal(0, (decimal)(await LimitAsync(key, "dollars_per_day"))["used"]!);
    }

    [Fact]
    public async Task Tokens_OfAMinute_AreToldInHeadersAndRefusedWhenTheyAreSpent()
    {
        var (_, key) = await _gateway.CreateKeyAsync();
        _gateway.Upstream.Behaviour = new() { CompletionTokens = 15_000 };
        using var served = await ChatAsync(key, BudgetFixture.FreeModel, ",\"max_tokens\":16000");
        Assert.Equal("20000", Header(served, "x-ratelimit-limit-tokens"));
        Assert.InRange(int.Parse(Header(served, "x-ratelimit-remaining-tokens"), CultureInfo.InvariantCulture), 0, 19_999);
        Assert.Matches(@"^(\d+m)?(\d+(\.\d+)?s)?$|^\d+ms$", Header(served, "x-ratelimit-reset-tokens"));

        Assert.Equal("\"tokens_per_minute\";q=20000;w=60;qu=\"tokens\"", Header(served, "ratelimit-policy"));
        Assert.Matches("^\"tokens_per_minute\";r=[0-9]{1,5};t=[1-9][0-9]?$", Header(served, "ratelimit"));

        using var refused = await ChatAsync(key, BudgetFixture.FreeModel, ",\"max_tokens\":16000");
        using var fitting = await ChatAsync(key, BudgetFixture.FreeModel, ",\"max_tokens\":100");

        Assert.Equal((HttpStatusCode.TooManyRequests, "tokens_per_minute"), (refused.StatusCode, await CodeAsync(refused)));
        Assert.StartsWith("\"tokens_per_minute\";r=", Header(refused, "ratelimit"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, fitting.StatusCode);
    }

    [Fact]
    public async Task Request_LargerThanTheLimitOnTokens_IsToldThatNoRetryHelps()
    {
        var (_, key) = await _gateway.CreateKeyAsync();

        using var refused = await ChatAsync(key, BudgetFixture.FreeModel, ",\"max_tokens\":40000");

        Assert.Equal((HttpStatusCode.TooManyRequests, "tokens_per_minute", "false"), (refused.StatusCode, await CodeAsync(refused), Header(refused, "x-should-retry")));
    }

    [Fact]
    public async Task Usage_IsToldToItsOwnerAndByTagToOperators()
    {
        var (subject, key) = await _gateway.CreateKeyAsync();
        using (await ChatAsync(key, BudgetFixture.Model, tag: "night:run/1"))
        {
        }

        var own = JsonNode.Parse("{}")!;
        await Wait.UntilAsync(async () => (int)(own = await UsageAsync(key))["total"]!["requests"]! == 1, "the ledger has the request", Patience);
        Assert.Equal((subject, 11, 7, 0.0007m), ((string)own["subject"]!, (int)own["total"]!["prompt_tokens"]!, (int)own["total"]!["completion_tokens"]!, (decimal)own["total"]!["cost_usd"]!));
        Assert.Equal(BudgetFixture.Model, (string)Assert.Single(own["models"]!.AsArray())!["name"]!);

        foreach (var (by, name) in new[] { ("tag", "night:run/1"), ("key", subject), ("model", BudgetFixture.Model), ("provider", "upstream"), ("user", "(none)") })
        {
            var sums = JsonNode.Parse(await _gateway.Admin.GetStringAsync($"/admin/v1/usage?by={by}", Cancel))!["data"]!.AsArray();
            Assert.Contains(sums, sum => (string)sum!["name"]! == name && (int)sum["requests"]! >= 1);
        }
    }

    [Fact]
    public async Task Usage_OfOperators_ComesInPages()
    {
        foreach (var tag in (string[])["page-a", "page-b", "page-c"])
        {
            var (_, key) = await _gateway.CreateKeyAsync();
            using (await ChatAsync(key, BudgetFixture.Model, tag: tag))
            {
            }
        }

        await Wait.UntilAsync(async () => (await TagsAsync("?by=tag&after=page-&limit=3")).Names is ["page-a", "page-b", "page-c"], "the ledger has all three", Patience);
        var first = await TagsAsync("?by=tag&after=page-&limit=2");

        Assert.Equal(["page-a", "page-b"], first.Names);
        Assert.Equal("page-b", first.Next);
        Assert.Equal("page-c", (await TagsAsync("?by=tag&after=page-b&limit=1")).Names[0]);
    }

    [Theory]
    [InlineData("?by=colour")]
    [InlineData("?from=yesterday")]
    [InlineData("?from=2026-02-02&to=2026-02-01")]
    [InlineData("?from=2020-01-01")]
    public async Task Usage_AskedForWrongly_Is400(string query)
    {
        using var response = await _gateway.Admin.GetAsync("/admin/v1/usage" + query, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData(",\"n\":5")]
    [InlineData(",\"max_tokens\":50001")]
    [InlineData(",\"max_completion_tokens\":1000000000")]
    public async Task Request_ForMoreThanIsAllowed_Is400AndReachesNobody(string members)
    {
        var (_, key) = await _gateway.CreateKeyAsync();

        using var refused = await ChatAsync(key, BudgetFixture.FreeModel, members);

        Assert.Equal((HttpStatusCode.BadRequest, 0), (refused.StatusCode, _gateway.Upstream.RequestCount));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("semi;colon")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task Tag_ThatIsNoWord_Is400(string tag)
    {
        var (_, key) = await _gateway.CreateKeyAsync();

        using var refused = await ChatAsync(key, BudgetFixture.Model, tag: tag);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Usage_WithoutAKey_Is401() =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await _gateway.Data.GetAsync("/v1/usage", Cancel)).StatusCode);

    private async Task<(string[] Names, string? Next)> TagsAsync(string query)
    {
        var page = JsonNode.Parse(await _gateway.Admin.GetStringAsync("/admin/v1/usage" + query, Cancel))!;
        return ([.. page["data"]!.AsArray().Select(static sum => (string)sum!["name"]!)], (string?)page["next"]);
    }

    private async Task<JsonNode> LimitAsync(string key, string limit) =>
        (await UsageAsync(key))["limits"]!.AsArray().Single(one => (string)one!["limit"]! == limit)!;

    private async Task<JsonNode> UsageAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/usage") { Headers = { { "Authorization", "Bearer " + key } } };
        using var response = await _gateway.Data.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private Task<HttpResponseMessage> ChatAsync(
        string key, string model, string members = "", HttpCompletionOption until = HttpCompletionOption.ResponseContentRead, string? tag = null)
    {
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]{{members}}}""";
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", "Bearer " + key);
        if (tag is not null)
        {
            request.Headers.Add("x-proxy-tag", tag);
        }

        return _gateway.Data.SendAsync(request, until, Cancel);
    }

    private Task<HttpResponseMessage> PostAsync(string key, string path, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", "Bearer " + key);
        return _gateway.Data.SendAsync(request, Cancel);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response) =>
        (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!["code"];

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));
}
