using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary>Who pays for summaries, and what becomes of a conversation whose caller may not have them.</summary>
[Collection(CondensingGatewayCollection.Name)]
public sealed class SummaryCostTests
{
    private const string Opening = "In short: ";

    // As the scripted upstream bills each answer: 11 and 7, at a dollar for a million.
    private const decimal SummaryDollars = 0.000018m;
    private const int AnswerTokens = 18;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CondensingGateway _gateway;

    public SummaryCostTests(CondensingGateway gateway)
    {
        _gateway = gateway;
        gateway.Upstream.Reset();
        gateway.Writer.Reset();
        gateway.Writer.Answering = static request => new() { Text = Opening + FirstSaid(request) };
    }

    [Fact]
    public async Task Summaries_AreChargedToKeyUserAndTeam_AndTold()
    {
        await _gateway.MakeUserAsync("ada-pays", "team-pays");
        var key = await _gateway.KeyAsync(new { name = "payer", roles = new[] { "user" }, user = "ada-pays", team = "team-pays", limits = new { dollarsPerDay = 1 } });
        using var payer = _gateway.Client(key);

        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(), "semantic; max_tokens=600", payer);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var summaries = _gateway.Writer.Requests.Count;
        Assert.InRange(summaries, 1, 8);
        var cost = summaries * SummaryDollars;
        Assert.Equal(cost.ToString(CultureInfo.InvariantCulture), response.Headers.GetValues("x-proxy-condensed-cost-usd").Single());
        await Wait.UntilAsync(async () => (int?)(await GroupAsync("team", "team-pays"))?["requests"] == summaries + 1, "all calls are in the ledger", Patience);
        foreach (var (by, name) in new[] { ("key", key.Split('-')[2]), ("user", "ada-pays"), ("team", "team-pays") })
        {
            var spent = await GroupAsync(by, name);
            Assert.True(spent is not null, $"Nothing is told of the {by} {name}.");
            Assert.Equal((summaries + 1, (summaries + 1) * AnswerTokens, cost), ((int)spent["requests"]!, (int)spent["total_tokens"]!, (decimal)spent["cost_usd"]!));
        }

        await Wait.UntilAsync(async () => await DayAsync(payer) is var day && (decimal)day["reserved"]! == 0, "nothing stays reserved", Patience);
        Assert.Equal(cost, (decimal)(await DayAsync(payer))["used"]!);
        var usage = await OwnUsageAsync(payer);
        Assert.Contains(usage["models"]!.AsArray(), model => ((string)model!["name"]!).Contains("writer-1", StringComparison.Ordinal) && (int)model["requests"]! == summaries);
    }

    [Fact]
    public async Task Endpoint_TellsWhatItsSummariesCost()
    {
        var body = JsonNode.Parse(Body())!.AsObject();
        body["strategy"] = "semantic";
        body["max_tokens"] = 600;

        using var response = await _gateway.SendAsync("/v1/context/condense", body.ToJsonString());
        var told = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        var step = told["report"]!["steps"]!.AsArray().Single(static step => (string)step!["step"]! == "summarise")!;
        Assert.Equal(_gateway.Writer.Requests.Count, (int)step["summaries"]!);
        Assert.Equal(_gateway.Writer.Requests.Count * SummaryDollars, (decimal)step["cost_usd"]!);
    }

    [Fact]
    public async Task Budget_ThatIsSpent_LeavesItToChosenSentences()
    {
        var key = await _gateway.KeyAsync(new { name = "poor", roles = new[] { "user" }, limits = new { dollarsPerDay = 0.000001 } });
        using var poor = _gateway.Client(key);

        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(), "semantic; max_tokens=600", poor);

        await AssertChosenAsync(response);
        Assert.Empty(_gateway.Writer.Requests);
    }

    [Fact]
    public async Task RequestLimit_ThatHasRoomForOneMore_LetsOneSummaryBeWritten()
    {
        var key = await _gateway.KeyAsync(new { name = "slow", roles = new[] { "user" }, limits = new { requestsPerMinute = 2 } });
        using var slow = _gateway.Client(key);

        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(), "semantic; max_tokens=600", slow);

        await AssertChosenAsync(response);
        Assert.Single(_gateway.Writer.Requests);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/context/condense")]
    public async Task Key_ThatMayNotUseTheSummaryModel_IsNotRefusedForIt(string path)
    {
        var key = await _gateway.KeyAsync(new { name = "narrow", roles = new[] { "user" }, models = new[] { CondensingGateway.Free } });
        using var narrow = _gateway.Client(key);
        var body = JsonNode.Parse(Body())!.AsObject();
        if (path.EndsWith("condense", StringComparison.Ordinal))
        {
            (body["strategy"], body["max_tokens"]) = ("semantic", 600);
        }

        using var response = await _gateway.SendAsync(path, body.ToJsonString(), path.EndsWith("condense", StringComparison.Ordinal) ? null : "semantic; max_tokens=600", narrow);

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {text}");
        Assert.Empty(_gateway.Writer.Requests);
    }

    private static string FirstSaid(RecordedRequest request) =>
        (string)JsonNode.Parse(request.Json().GetProperty("messages")[1].GetProperty("content").GetString()!)!.AsArray()[0]!["said"]!;

    private static string Body() => new JsonObject { ["model"] = CondensingGateway.Free, ["messages"] = LongTalk.Messages() }.ToJsonString();

    private async Task AssertChosenAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {text}");
        var sent = _gateway.Upstream.Requests.Single().Text;
        Assert.Contains("Topic: ", sent, StringComparison.Ordinal);
        Assert.Contains(LongTalk.Question, sent, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> OwnUsageAsync(HttpClient caller) =>
        JsonNode.Parse(await caller.GetStringAsync(new Uri("/v1/usage", UriKind.Relative), TestContext.Current.CancellationToken))!;

    private static async Task<JsonNode> DayAsync(HttpClient caller) =>
        (await OwnUsageAsync(caller))["limits"]!.AsArray().Single(static limit => (string)limit!["limit"]! == "dollars_per_day")!;

    private async Task<JsonNode?> GroupAsync(string by, string name) =>
        (await _gateway.UsageAsync(by))["data"]!.AsArray().FirstOrDefault(group => ((string)group!["name"]!).Contains(name, StringComparison.Ordinal));
}
