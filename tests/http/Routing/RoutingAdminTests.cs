using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Routing;

/// <summary><c>GET</c> and <c>PUT /admin/v1/routing</c>, and <c>GET /admin/v1/requests/{id}</c>.</summary>
public sealed class RoutingAdminTests(RoutedGateway gateway) : IClassFixture<RoutedGateway>
{
    private const string Secret = "the answer is forty-two";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routing_Get_TellsTheSettingsInForceAndTheDecisionsLately()
    {
        var id = await ChatAsync("cheapest");

        // A request is noted once it is over, which its client may see first.
        var told = await ReadAsync();
        for (var polls = 0; DecisionOf(told, id) is null && polls < 100; polls++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
            told = await ReadAsync();
        }

        Assert.Equal("intelligent", (string?)told["strategy"]);
        Assert.Contains("acme-spare", told["strategies"]!.AsArray().Select(name => (string?)name));
        Assert.Equal((0.4, 0.3, 0.2, 0.1), (Weight("performance"), Weight("cost"), Weight("reliability"), Weight("load")));
        var alias = told["aliases"]!.AsArray().Single(one => (string?)one!["name"] == "chain-1")!;
        Assert.Equal(("intelligent", "first-1/short-1", "rescue"), ((string?)alias["strategy"], (string?)alias["models"]![0], (string?)alias["fallbacks"]!["any"]![0]));
        var decision = DecisionOf(told, id)!;
        Assert.Equal(
            ("cheapest", "cost", "beta", "shared", false, "succeeded"),
            ((string?)decision["model"], (string?)decision["strategy"], (string?)decision["provider"], (string?)decision["providerModel"],
                (bool)decision["exploration"]!, (string?)decision["outcome"]));

        double Weight(string part) => Math.Round((double)told["weights"]![part]!, 9);

        async Task<JsonNode> ReadAsync() => JsonNode.Parse(await gateway.AdminPlane.GetStringAsync(new Uri("/admin/v1/routing", UriKind.Relative), Cancel))!;

        static JsonNode? DecisionOf(JsonNode told, string id) => told["decisions"]!["data"]!.AsArray().SingleOrDefault(one => (string?)one!["requestId"] == id);
    }

    [Fact]
    public async Task Routing_Put_IsRefused_SinceTheFileDefinesIt()
    {
        using var read = await gateway.AdminPlane.GetAsync(new Uri("/admin/v1/routing?limit=1", UriKind.Relative), Cancel);
        using var blind = await PutAsync(null);
        using var late = await PutAsync("\"1\"");
        using var known = await PutAsync(read.Headers.ETag!.ToString());

        Assert.Equal(
            [(HttpStatusCode.PreconditionRequired, "version_required"), (HttpStatusCode.PreconditionFailed, "version_mismatch"), (HttpStatusCode.Conflict, "managed_by_file")],
            [await ProblemAsync(blind), await ProblemAsync(late), await ProblemAsync(known)]);
    }

    [Fact]
    public async Task Request_ThatFellBack_IsToldAttemptByAttempt_WithoutItsContent()
    {
        var chain = gateway.NextChain();
        gateway.Upstream.ForModel($"short-{chain}", new() { Status = 503 });
        var id = await ChatAsync($"chain-{chain}");

        var (status, text) = await RequestAsync(id);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        var told = JsonNode.Parse(text)!["data"]!.AsArray().Single()!;
        Assert.Equal(
            ("chat_completions", $"chain-{chain}", 200, "root", "normal"),
            ((string?)told["route"], (string?)told["model"], (int)told["status"]!, (string?)told["caller"], (string?)told["priority"]));
        Assert.Equal(
            [($"first-{chain}", null, "server_error"), ("rescuer", "any", "succeeded")],
            told["attempts"]!.AsArray().Select(one => ((string?)one!["provider"], (string?)one["fallback"], (string?)one["outcome"])));
        Assert.InRange((double)told["milliseconds"]!["total"]!, (double)told["milliseconds"]!["upstream"]!, 60_000);
    }

    [Fact]
    public async Task Request_ThatNobodyKnows_IsNotFound()
    {
        var (status, text) = await RequestAsync("never-was");

        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (status, (string?)JsonNode.Parse(text)!["code"]));
    }

    [Fact]
    public async Task Request_ThatWasRefused_IsToldWithItsError()
    {
        var id = await ChatAsync("nobody-has-it", HttpStatusCode.NotFound);

        var told = JsonNode.Parse((await RequestAsync(id)).Text)!["data"]!.AsArray().Single()!;

        Assert.Equal((404, "model_not_found", 0), ((int)told["status"]!, (string?)told["error"], told["attempts"]!.AsArray().Count));
    }

    private async Task<string> ChatAsync(string model, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{Secret}}"}]}""";
        using var response = await gateway.SendAsync("/v1/chat/completions", body);
        Assert.Equal(expected, response.StatusCode);
        await response.Content.ReadAsByteArrayAsync(Cancel);
        return response.Headers.GetValues("x-request-id").Single();
    }

    // It is noted once its answer is sent, which the client may have a moment before.
    private async Task<(HttpStatusCode Status, string Text)> RequestAsync(string id)
    {
        for (var looks = 0; ; looks++)
        {
            using var response = await gateway.AdminPlane.GetAsync(new Uri($"/admin/v1/requests/{id}", UriKind.Relative), Cancel);
            if (response.StatusCode == HttpStatusCode.OK || looks == 20)
            {
                return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }

    private async Task<HttpResponseMessage> PutAsync(string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/admin/v1/routing") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        return await gateway.AdminPlane.SendAsync(request, Cancel);
    }

    private static async Task<(HttpStatusCode Status, string? Code)> ProblemAsync(HttpResponseMessage response) =>
        (response.StatusCode, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["code"]);
}
