using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Keys;

/// <summary>Keys as operators make, change, rotate and revoke them, and nobody beyond their own rights.</summary>
public sealed class KeyAdminTests(KeyedGatewayFixture gateway) : KeyedTest(gateway)
{
    [Fact]
    public async Task Key_WithEverything_IsShownAsItWasMade_AndItsSecretOnce()
    {
        await MakeAsync("teams", new { id = "research" });
        await MakeAsync("users", new { id = "ada", team = "research" });
        var end = TimeProvider.System.GetUtcNow().AddDays(30);
        var (created, body) = await MakeAsync("keys", new
        {
            name = "whole",
            roles = new[] { "user", "viewer" },
            permissions = new[] { "limits.read" },
            user = "ada",
            team = "research",
            models = new[] { "gpt-*" },
            regions = new[] { "eu-west" },
            limits = new { requestsPerMinute = 7, dollarsPerMonth = 12.5, shadow = true },
            priority = "high",
            expiresAt = end,
        });

        var shown = await JsonOfAsync(await Gateway.Admin.GetAsync($"/admin/v1/keys/{body["publicId"]}", Cancel));

        Assert.NotNull(created.Headers.ETag);
        Assert.Equal($"/admin/v1/keys/{body["publicId"]}", created.Headers.Location!.ToString());
        Assert.False(shown.ContainsKey("key"));
        Assert.Equal(["user", "viewer"], shown["roles"]!.AsArray().Select(role => (string)role!));
        Assert.Equal(("ada", "research", "high"), ((string?)shown["user"], (string?)shown["team"], (string?)shown["priority"]));
        Assert.Equal((7, 12.5m, true), ((int)shown["limits"]!["requestsPerMinute"]!, (decimal)shown["limits"]!["dollarsPerMonth"]!, (bool)shown["limits"]!["shadow"]!));
        Assert.StartsWith("key:", (string)shown["createdBy"]!, StringComparison.Ordinal);
        Assert.Equal(end.UtcDateTime, ((DateTime)shown["expiresAt"]!).ToUniversalTime());
    }

    [Theory]
    [InlineData("""{"name":"x","isAdmin":true}""", "isAdmin")]
    [InlineData("""{"name":"x","hash":"00"}""", "hash")]
    [InlineData("""{"name":"x","createdBy":null,"publicId":"4fGh2kLmN0pQ"}""", "publicId")]
    [InlineData("""{"name":"x","limits":{"requestsPerSecond":1}}""", "limits.requestsPerSecond")]
    [InlineData("""{"name":"x","limits":{"requestsPerMinute":-1}}""", "limits.requestsPerMinute")]
    [InlineData("""{"name":"x","roles":["root"]}""", "roles")]
    [InlineData("""{"name":"x","permissions":["everything"]}""", "permissions")]
    [InlineData("""{"name":"x","team":"nowhere"}""", "team")]
    [InlineData("""{"name":"x","user":"nobody"}""", "user")]
    [InlineData("""{"name":"x","user":"a/b"}""", "user")]
    [InlineData("""{"name":"x","priority":"urgent"}""", "priority")]
    [InlineData("""{"name":"x","expiresAt":"2001-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"roles":["user"]}""", "name")]
    public async Task Body_WithAFault_IsRefused_AndTheFieldIsNamed(string body, string field)
    {
        using var answer = await Gateway.Admin.PostAsync("/admin/v1/keys", Json(body), Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await JsonOfAsync(answer))["errors"]!.AsArray().Select(error => (string)error!["path"]!));
    }

    [Fact]
    public async Task Patch_TakesTheVersionThatWasRead_AndNothingThatIsNotForIt()
    {
        var (created, body) = await MakeAsync("keys", new { name = "before", models = new[] { "gpt-4o" } });
        var path = $"/admin/v1/keys/{body["publicId"]}";

        using var missing = await PatchAsync(path, """{"name":"after"}""", null);
        using var changed = await PatchAsync(path, """{"name":"after","limits":{"concurrency":3}}""", created.Headers.ETag);
        using var again = await PatchAsync(path, """{"name":"third"}""", created.Headers.ETag);
        using var roles = await PatchAsync(path, """{"roles":["admin"]}""", changed.Headers.ETag);

        Assert.Equal(
            ((HttpStatusCode)428, HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.BadRequest),
            (missing.StatusCode, changed.StatusCode, again.StatusCode, roles.StatusCode));
        var now = await JsonOfAsync(await Gateway.Admin.GetAsync(path, Cancel));
        Assert.Equal(("after", 3, "gpt-4o"), ((string)now["name"]!, (int)now["limits"]!["concurrency"]!, (string)now["models"]![0]!));
        Assert.Equal(["user"], now["roles"]!.AsArray().Select(role => (string)role!));
    }

    [Fact]
    public async Task Rotation_ShowsAnotherSecretOfTheKey_AndBothWorkWithinTheGrace()
    {
        var (id, old) = await CreateKeyAsync("rotated");

        var rotated = await JsonOfAsync(await Gateway.Admin.PostAsync($"/admin/v1/keys/{id}/rotate", null, Cancel));
        var key = (string)rotated["key"]!;

        Assert.Equal(old[..19], key[..19]);
        Assert.NotEqual(old, key);
        Assert.NotNull(rotated["previousSecret"]!["endsAt"]);
        using var byOld = await ChatAsync(old);
        using var byNew = await ChatAsync(key);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (byOld.StatusCode, byNew.StatusCode));
        Assert.DoesNotContain(key[20..], await Gateway.Admin.GetStringAsync($"/admin/v1/keys/{id}", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotation_WithoutGrace_EndsTheOldSecretBeforeItsAnswer()
    {
        var (id, old) = await CreateKeyAsync("rotated at once");
        using (var before = await ChatAsync(old))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        var rotated = await JsonOfAsync(await Gateway.Admin.PostAsync($"/admin/v1/keys/{id}/rotate", Json("""{"graceSeconds":0}"""), Cancel));

        Assert.Empty(rotated["reach"]!["laggards"]!.AsArray());
        using var byOld = await ChatAsync(old);
        await AssertInvalidKeyAsync(byOld);
        using var byNew = await ChatAsync((string)rotated["key"]!);
        Assert.Equal(HttpStatusCode.OK, byNew.StatusCode);
    }

    [Theory]
    [InlineData("""{"graceSeconds":604801}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"graceSeconds":-1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"grace":1}""", HttpStatusCode.BadRequest)]
    public async Task Rotation_WithAGraceThatCannotBe_IsRefused(string body, HttpStatusCode status)
    {
        var (id, _) = await CreateKeyAsync("not rotated");

        using var answer = await Gateway.Admin.PostAsync($"/admin/v1/keys/{id}/rotate", Json(body), Cancel);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Revocation_IsAnsweredOnceTheGatewayKnows_AndIsForEver()
    {
        var (id, key) = await CreateKeyAsync("revoked");

        var answer = await JsonOfAsync(await Gateway.Admin.DeleteAsync($"/admin/v1/keys/{id}", Cancel));

        Assert.True((bool)answer["revoked"]!);
        Assert.Equal((1, 0), ((int)answer["reach"]!["gateways"]!, answer["reach"]!["laggards"]!.AsArray().Count));
        using var after = await ChatAsync(key);
        await AssertInvalidKeyAsync(after);
        using var rotated = await Gateway.Admin.PostAsync($"/admin/v1/keys/{id}/rotate", null, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, rotated.StatusCode);
    }

    [Fact]
    public async Task List_IsChosenByUserTeamAndMaker_AndComesInPages()
    {
        await MakeAsync("teams", new { id = "listed" });
        await MakeAsync("users", new { id = "lister" });
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((string)(await MakeAsync("keys", new { name = $"listed {i}", team = "listed", user = i < 2 ? "lister" : null })).Body["publicId"]!);
        }

        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await JsonOfAsync(await Gateway.Admin.GetAsync($"/admin/v1/keys?team=listed&limit=2&after={next}", Cancel));
            Assert.InRange(page["data"]!.AsArray().Count, 1, 2);
            seen.AddRange(page["data"]!.AsArray().Select(key => (string)key!["publicId"]!));
            next = (string?)page["next"];
        }
        while (next is not null);

        Assert.Equal(ids.Order(), seen.Order());
        Assert.Equal(2, (await JsonOfAsync(await Gateway.Admin.GetAsync("/admin/v1/keys?user=lister", Cancel)))["data"]!.AsArray().Count);
        Assert.Empty((await JsonOfAsync(await Gateway.Admin.GetAsync("/admin/v1/keys?createdBy=key:000000000000", Cancel)))["data"]!.AsArray());
    }

    [Fact]
    public async Task Maker_WhoMayLittle_GivesNoMoreThanItHas()
    {
        var (_, maker) = await MakeAsync("keys", new { name = "maker", permissions = new[] { "keys.write", "keys.read" }, models = new[] { "gpt-4*" }, limits = new { requestsPerMinute = 50 } });
        var (adminId, _) = await MakeAdminKeyAsync();
        using var client = ClientOf((string)maker["key"]!);

        foreach (var body in (string[])["""{"name":"x","roles":["admin"]}""", """{"name":"x","permissions":["*"]}""", """{"name":"x","models":["*"]}""", """{"name":"x","limits":{"requestsPerMinute":51}}""", """{"name":"x","limits":{"requestsPerMinute":0}}""", """{"name":"x","priority":"high"}"""])
        {
            using var refused = await client.PostAsync("/admin/v1/keys", Json(body), Cancel);
            Assert.True(refused.StatusCode == HttpStatusCode.Forbidden, $"{body}: {(int)refused.StatusCode}");
            Assert.Equal("exceeds_maker", (string?)(await JsonOfAsync(refused))["code"]);
        }

        using var stolen = await client.PostAsync($"/admin/v1/keys/{adminId}/rotate", null, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, stolen.StatusCode);

        using var made = await client.PostAsync("/admin/v1/keys", Json("""{"name":"small"}"""), Cancel);
        var small = await JsonOfAsync(made);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(("gpt-4*", 50), ((string)small["models"]![0]!, (int)small["limits"]!["requestsPerMinute"]!));
        Assert.Equal("key:" + (string)maker["publicId"]!, (string?)small["createdBy"]);
    }

    [Fact]
    public async Task Maker_OfATeam_SeesAndTouchesNothingOutsideOfIt()
    {
        await MakeAsync("teams", new { id = "inside" });
        await MakeAsync("teams", new { id = "outside" });
        var (_, maker) = await MakeAsync("keys", new { name = "maker", team = "inside", permissions = new[] { "keys.write", "keys.read" } });
        var (_, foreign) = await MakeAsync("keys", new { name = "foreign", team = "outside" });
        using var client = ClientOf((string)maker["key"]!);

        var own = await JsonOfAsync(await client.PostAsync("/admin/v1/keys", Json("""{"name":"own"}"""), Cancel));
        using var other = await client.PostAsync("/admin/v1/keys", Json("""{"name":"other","team":"outside"}"""), Cancel);
        using var seen = await client.GetAsync($"/admin/v1/keys/{foreign["publicId"]}", Cancel);
        using var revoked = await client.DeleteAsync($"/admin/v1/keys/{foreign["publicId"]}", Cancel);
        using var raised = await client.SendAsync(new HttpRequestMessage(HttpMethod.Patch, "/admin/v1/teams/inside") { Content = Json("""{"limits":{"requestsPerMinute":0}}"""), Headers = { { "If-Match", "*" } } }, Cancel);
        var listed = await JsonOfAsync(await client.GetAsync("/admin/v1/keys?team=outside", Cancel));

        Assert.Equal("inside", (string?)own["team"]);
        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Forbidden),
            (other.StatusCode, seen.StatusCode, revoked.StatusCode, raised.StatusCode));
        Assert.All(listed["data"]!.AsArray(), key => Assert.Equal("inside", (string?)key!["team"]));
        Assert.NotEmpty(listed["data"]!.AsArray());
    }

    private async Task<(string Id, string Key)> MakeAdminKeyAsync()
    {
        var (_, body) = await MakeAsync("keys", new { name = "strong", roles = new[] { "admin" } });
        return ((string)body["publicId"]!, (string)body["key"]!);
    }

    private HttpClient ClientOf(string key)
    {
        var client = TestHttp.Client(Gateway.Gateway.Admin);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private async Task<(HttpResponseMessage Answer, JsonObject Body)> MakeAsync(string what, object body)
    {
        var answer = await Gateway.Admin.PostAsJsonAsync($"/admin/v1/{what}", body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{what}: {(int)answer.StatusCode} {text}");
        return (answer, JsonNode.Parse(text)!.AsObject());
    }

    private async Task<HttpResponseMessage> PatchAsync(string path, string body, EntityTagHeaderValue? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = Json(body) };
        if (version is not null)
        {
            request.Headers.IfMatch.Add(version);
        }

        return await Gateway.Admin.SendAsync(request, Cancel);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonObject> JsonOfAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!.AsObject();
}
