using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Responses;

/// <summary>Two accounts that speak Responses behind one model, and one provider that does not.</summary>
public sealed class FollowUpTests : IAsyncLifetime
{
    private const string Model = "gpt-4o";

    // The two accounts in turn.
    private const string Turns = "turns";

    private ScriptedUpstream _first = null!;
    private ScriptedUpstream _second = null!;
    private SiloProcess _gateway = null!;
    private HttpClient _data = null!;
    private HttpClient _admin = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _first = await ScriptedUpstream.StartAsync();
        _second = await ScriptedUpstream.StartAsync();
        var root = Core.Security.ApiKeyFormat.Create(System.Security.Cryptography.RandomNumberGenerator.GetBytes(Core.Security.ApiKeyFormat.RandomBytes));
        _gateway = await SiloProcess.StartAsync(new()
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(
                    ProgramOptions.Provider("first", "openai-responses", new Uri(_first.Url, "/v1"), Model),
                    ProgramOptions.Provider("second", "openai-responses", new Uri(_second.Url, "/v1"), Model),
                    ProgramOptions.Provider("chat", "openai", new Uri(_first.Url, "/v1"), "chat-only")),
                ["Aliases"] = new JsonObject
                {
                    [Turns] = new JsonObject { ["Strategy"] = "round_robin", ["Models"] = new JsonArray(Model) },
                },
                ["Auth"] = new JsonObject
                {
                    ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = root, ["Roles"] = new JsonArray("admin") }),
                },
            },
        });
        _data = TestHttp.Client(_gateway.Data);
        _admin = TestHttp.Client(_gateway.Admin);
        _admin.DefaultRequestHeaders.Add("Authorization", "Bearer " + root);
    }

    public async ValueTask DisposeAsync()
    {
        _data.Dispose();
        _admin.Dispose();
        await _gateway.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FollowUps_GoToTheAccountThatKeepsTheAnswer(bool stream)
    {
        var key = await CreateKeyAsync("follows");
        _first.Behaviour = new() { ResponseId = "resp_first" };
        _second.Behaviour = new() { ResponseId = "resp_second" };

        var seen = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var answer = await AskAsync(key, new { model = Turns, input = "Hello", stream });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("resp_", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            seen.Add(answer.Headers.GetValues("x-proxy-provider").Single());
        }

        Assert.Equal(2, seen.Count);
        for (var i = 0; i < 8; i++)
        {
            var provider = i % 2 == 0 ? "first" : "second";
            using var next = await AskAsync(key, new { model = Model, input = "And?", previous_response_id = "resp_" + provider, stream });

            Assert.Equal(HttpStatusCode.OK, next.StatusCode);
            Assert.Equal(provider, next.Headers.GetValues("x-proxy-provider").Single());
        }
    }

    [Fact]
    public async Task FollowUp_WhereTheAccountFails_IsSentToNoOther()
    {
        var key = await CreateKeyAsync("fails");
        _first.Behaviour = new() { ResponseId = "resp_a" };
        _second.Behaviour = new() { ResponseId = "resp_a" };
        using var answer = await AskAsync(key, new { model = Model, input = "Hello" });
        var keeper = answer.Headers.GetValues("x-proxy-provider").Single() == "first" ? _first : _second;
        var other = keeper == _first ? _second : _first;
        keeper.Behaviour = new() { Status = 500 };
        var before = other.RequestCount;

        using var next = await AskAsync(key, new { model = Model, input = "And?", previous_response_id = "resp_a" });

        Assert.Equal(HttpStatusCode.BadGateway, next.StatusCode);
        Assert.Equal(before, other.RequestCount);
    }

    [Fact]
    public async Task FollowUp_OfAnotherCallersAnswer_IsAsUnknownAsNone()
    {
        var (mine, theirs) = (await CreateKeyAsync("mine"), await CreateKeyAsync("theirs"));
        _first.Behaviour = _second.Behaviour = new() { ResponseId = "resp_mine" };
        using var answer = await AskAsync(mine, new { model = Model, input = "Hello" });
        var before = _first.RequestCount + _second.RequestCount;

        using var stolen = await AskAsync(theirs, new { model = Model, input = "And?", previous_response_id = "resp_mine" });
        using var unknown = await AskAsync(theirs, new { model = Model, input = "And?", previous_response_id = "resp_of_nobody" });

        Assert.Equal(HttpStatusCode.BadRequest, stolen.StatusCode);
        var (told, toldOfNone) = (await stolen.Content.ReadAsStringAsync(Cancel), await unknown.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(toldOfNone, told);
        Assert.Equal("previous_response_not_found", (string?)JsonNode.Parse(told)!["error"]!["code"]);
        Assert.Equal(before, _first.RequestCount + _second.RequestCount);
    }

    [Fact]
    public async Task FollowUp_ForAModelOfAnotherProvider_IsRefused()
    {
        var key = await CreateKeyAsync("elsewhere");
        _first.Behaviour = _second.Behaviour = new() { ResponseId = "resp_b" };
        using var answer = await AskAsync(key, new { model = Model, input = "Hello" });

        using var next = await AskAsync(key, new { model = "chat-only", input = "And?", previous_response_id = "resp_b" });

        Assert.Equal(HttpStatusCode.BadRequest, next.StatusCode);
        Assert.Equal("previous_response_id", (string?)JsonNode.Parse(await next.Content.ReadAsStringAsync(Cancel))!["error"]!["param"]);
    }

    [Fact]
    public async Task Answer_ThatIsNotStored_HasNoFollowUp()
    {
        var key = await CreateKeyAsync("forgets");
        _first.Behaviour = _second.Behaviour = new() { ResponseId = "resp_forgotten" };
        using var answer = await AskAsync(key, new { model = Model, input = "Hello", store = false });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        using var next = await AskAsync(key, new { model = Model, input = "And?", previous_response_id = "resp_forgotten" });

        Assert.Equal(HttpStatusCode.BadRequest, next.StatusCode);
    }

    private async Task<string> CreateKeyAsync(string name)
    {
        using var created = await _admin.PostAsJsonAsync("/admin/v1/keys", new { name, roles = new[] { "user" } }, Cancel);
        return (string)JsonNode.Parse(await created.Content.ReadAsStringAsync(Cancel))!["key"]!;
    }

    private Task<HttpResponseMessage> AskAsync(string key, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses") { Content = JsonContent.Create(body) };
        request.Headers.Add("Authorization", "Bearer " + key);
        return _data.SendAsync(request, Cancel);
    }
}
