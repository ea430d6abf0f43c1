using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Keys;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Audit;

/// <summary>What is done on the admin plane of the whole product is in its log, whatever becomes of it.</summary>
public sealed class AuditLogTests(KeyedGatewayFixture gateway) : KeyedTest(gateway)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Change_IsRecordedBeforeItIsMade_AndAsItIsAnswered()
    {
        var (id, _) = await CreateKeyAsync("audited");

        var done = (await ReadAsync("action=keys.create")).Last(record => (string?)record["object"] == id);
        var intent = (await ReadAsync("action=keys.create")).Single(record => (long)record["seq"]! == (long)done["intent"]!);

        Assert.Equal(("done", "intent"), ((string?)done["outcome"], (string?)intent["outcome"]));
        Assert.Equal(("api_key", "127.0.0.1"), ((string?)done["auth"], (string?)done["address"]));
        Assert.StartsWith("key:", (string)done["actor"]!, StringComparison.Ordinal);
        Assert.Equal((string?)intent["request"], (string?)done["request"]);
    }

    [Fact]
    public async Task Change_OfAProvider_TellsWhatDiffersWithoutItsSecrets()
    {
        var body = new { name = "audited", type = "openai", baseUrl = "http://127.0.0.1:9/v1", priority = 1, headers = new Dictionary<string, string> { ["x-team"] = "canary-header" } };
        using var created = await Gateway.Admin.PostAsJsonAsync("/admin/v1/providers", body, Cancel);
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/admin/v1/providers/audited") { Content = JsonContent.Create(new { priority = 7 }) };
        request.Headers.TryAddWithoutValidation("If-Match", created.Headers.ETag!.Tag);
        using var patched = await Gateway.Admin.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, patched.StatusCode);

        var records = (await ReadAsync("action=providers.*")).Where(record => (string?)record["object"] == "audited" && (string?)record["outcome"] == "done").ToList();

        Assert.Equal(["providers.create", "providers.update"], records.Select(record => (string?)record["action"]));
        Assert.Equal("priority: 1 to 7", (string?)records[1]["difference"]);
        Assert.Equal((string?)records[0]["after"], (string?)records[1]["before"]);
        Assert.DoesNotContain("canary-header", await ExportAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_ThatIsRefused_IsRecordedWithItsReason()
    {
        using var refused = await Gateway.Admin.PostAsJsonAsync("/admin/v1/keys", new { name = "a", isAdmin = true }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        Assert.Contains(await ReadAsync("action=keys.create"), record => (string?)record["outcome"] == "refused:invalid_body");
    }

    [Fact]
    public async Task Caller_WithoutThePermission_IsInTheLogAndInTheReport()
    {
        var (id, user) = await CreateKeyAsync("curious");
        using var client = TestHttp.Client(Gateway.Gateway.Admin);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", user);
        for (var i = 0; i < 12; i++)
        {
            using var refused = await client.PostAsJsonAsync("/admin/v1/keys", new { name = "a" }, Cancel);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        await Wait.UntilAsync(
            async () => (await ReadAsync($"actor=key:{id}")).Any(record => (string?)record["outcome"] == "refused:insufficient_permissions"), "the refusal is in the log", Patience);
        await Wait.UntilAsync(
            async () => (await GetAsync("security/report"))["suspicious"]!.AsArray().Any(s => (string?)s!["rule"] == "denied_subject" && (string?)s["subject"] == $"key:{id}"),
            "the report names who was refused again and again", Patience);
        var events = (await GetAsync("security/events?type=permission_denied"))["data"]!.AsArray();
        Assert.All(events, e => Assert.Equal("permission_denied", (string?)e!["type"]));
        Assert.Equal(12, events.Where(e => (string?)e!["subject"] == $"key:{id}").Sum(e => (long)e!["count"]!));
    }

    [Fact]
    public async Task Report_CountsTheKeys()
    {
        var (id, _) = await CreateKeyAsync("to be revoked");
        var before = (int)(await GetAsync("security/report"))["keys"]!["revoked"]!;

        using var revoked = await Gateway.Admin.DeleteAsync($"/admin/v1/keys/{id}", Cancel);

        await Wait.UntilAsync(async () => (int)(await GetAsync("security/report"))["keys"]!["revoked"]! > before, "the revoked key is counted", Patience);
        Assert.True((int)(await GetAsync("security/report"))["keys"]!["active"]! >= 1);
    }

    [Theory]
    [InlineData("%0d%0a%1b%5b2J%1b%5b31mred")]
    [InlineData("%e2%80%ae%e2%80%a8evil")]
    [InlineData("%7b%22seq%22%3a1%7d")]
    public async Task Text_OfTheAddress_IsOneLineWithoutControls(string id)
    {
        using var answer = await Gateway.Admin.DeleteAsync($"/admin/v1/keys/{id}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);

        var export = await ExportAsync();

        Assert.All(export, c => Assert.True(c == '\n' || c is >= ' ' and <= '~', $"The export holds the character {(int)c}."));
        Assert.All(export.TrimEnd('\n').Split('\n'), line => Assert.NotNull(JsonNode.Parse(line)!["hash"]));
    }

    [Fact]
    public async Task Keys_AreInNoLog_WhereverTheyWereSent()
    {
        var keys = new List<string> { Gateway.AdminKey };
        for (var i = 0; i < 3; i++)
        {
            var (_, key) = await CreateKeyAsync($"canary-{i}");
            keys.Add(key);
            using var asId = await Gateway.Admin.DeleteAsync($"/admin/v1/keys/{key}", Cancel);
            using var asName = await Gateway.Admin.PostAsJsonAsync("/admin/v1/providers", new { name = key, type = key, apiKey = key }, Cancel);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/v1/keys") { Content = JsonContent.Create(new { name = key }) };
            request.Headers.TryAddWithoutValidation("x-request-id", key);
            using var asRequest = await Gateway.Admin.SendAsync(request, Cancel);
            using var asQuery = await SendAsync(HttpMethod.Get, $"/v1/models?api_key={key}", key: null);
            using var asUser = await ChatAsync(key + "x");
        }

        await Wait.UntilAsync(
            async () => (await GetAsync("security/events?type=authentication_failed"))["data"]!.AsArray().Count > 0, "the refusals are told", Patience);

        var told = await ExportAsync() + await ExportAsync("events") + (await GetAsync("security/events")).ToJsonString() + (await GetAsync("security/report")).ToJsonString();
        Assert.All(keys, key => Assert.DoesNotContain(key[20..], told, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("security/events?type=no-such-type")]
    [InlineData("security/events?after=x")]
    [InlineData("security/events?limit=0")]
    [InlineData("audit?after=x")]
    [InlineData("audit?from=yesterday")]
    [InlineData("audit?log=other")]
    [InlineData("audit/export?from=0")]
    [InlineData("audit/export?log=other")]
    public async Task Query_ThatIsWrong_IsRefused(string query)
    {
        using var answer = await Gateway.Admin.GetAsync($"/admin/v1/{query}", Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid_parameter", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["code"]);
    }

    [Fact]
    public async Task Check_OfAConfiguration_IsRecordedToo()
    {
        using var check = await Gateway.Admin.PostAsJsonAsync("/admin/v1/config/check", new { Region = "local" }, Cancel);
        Assert.Equal(HttpStatusCode.OK, check.StatusCode);

        await Wait.UntilAsync(async () => (await ReadAsync("action=config.check")).Count > 0, "the check is in the log", Patience);
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Gateway.Admin.GetStringAsync($"/admin/v1/{path}", Cancel))!;

    private Task<string> ExportAsync(string log = "actions") => Gateway.Admin.GetStringAsync($"/admin/v1/audit/export?log={log}", Cancel);

    private async Task<List<JsonNode>> ReadAsync(string query)
    {
        var records = new List<JsonNode>();
        string? after = null;
        do
        {
            var page = await GetAsync($"audit?limit=50&{query}&after={after}");
            records.AddRange(page["data"]!.AsArray().Select(record => record!.DeepClone()));
            after = (string?)page["next"];
        }
        while (after is not null);
        return records;
    }
}
