using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>A user's code may do anything: the gateway's promises hold all the same.</summary>
public sealed class OddCodeTests(OddHost host) : IClassFixture<OddHost>
{
    private static readonly string[] BadFromTheStart =
    [
        "throws-at-once", "null-stream", "blocks", "throws", "limited", "locked", "late", "unreachable", "hangs", "nothing", "misplaced", "empty-for-ever",
        "constructor", "no-adapter", "slow-constructor",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<string, bool> FromTheStart => new(BadFromTheStart, [false, true]);

    [Theory]
    [MemberData(nameof(FromTheStart))]
    public async Task Code_ThatFailsBeforeItsFirstContent_LeavesTheRequestToTheNextProvider(string name, bool stream)
    {
        var provider = name is "limited" or "locked" ? $"{name}-{(stream ? 1 : 2)}" : name;

        using var response = await host.ChatAsync($"{provider}-or-backup", stream, Cancel);

        Assert.Equal((HttpStatusCode.OK, "backup", "2"), (response.StatusCode, Header(response, "x-proxy-provider"), Header(response, "x-proxy-attempts")));
        Assert.Contains("simulator", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throws", 502, "upstream_failed", null)]
    [InlineData("constructor", 502, "upstream_failed", null)]
    [InlineData("hangs", 504, "upstream_timeout", null)]
    [InlineData("blocks", 504, "upstream_timeout", null)]
    [InlineData("late", 504, "upstream_timeout", null)]
    [InlineData("limited", 429, "upstream_rate_limited", "7")]
    [InlineData("locked", 502, "upstream_credentials", null)]
    [InlineData("refuses", 400, "upstream_rejected", null)]
    [InlineData("unreachable", 502, "upstream_unreachable", null)]
    [InlineData("nothing", 502, "upstream_invalid_response", null)]
    [InlineData("no-finish", 502, "upstream_invalid_response", null)]
    public async Task Code_ThatFails_IsTheErrorItStandsFor(string name, int status, string code, string? retryAfter)
    {
        using var response = await host.ChatAsync($"m-{name}", stream: false, Cancel);

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;
        Assert.Equal((status, code), ((int)response.StatusCode, (string?)error["code"]));
        Assert.Equal(retryAfter, response.Headers.RetryAfter?.ToString());
        Assert.DoesNotContain("planted", error.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("half")]
    [InlineData("no-finish")]
    [InlineData("half-then-hangs")]
    public async Task Stream_ThatBreaksInItsMiddle_NeverLooksLikeAnEnd(string name)
    {
        using var response = await host.ChatAsync($"{name}-or-backup", stream: true, Cancel);
        var events = await EventsAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(JsonNode.Parse(events[^1])!["error"]);
        Assert.DoesNotContain("[DONE]", events);
        Assert.DoesNotContain(events, static data => data.Contains("\"finish_reason\":\"", StringComparison.Ordinal));
        Assert.DoesNotContain(events, static data => data.Contains("planted", StringComparison.Ordinal));
    }

    // Whichever comes first: the provider's time is over between two writes, which is told, or within one, which cuts.
    [Fact]
    public async Task Stream_WithoutEnd_EndsWithItsTime_AndNeverLooksLikeAnEnd()
    {
        using var response = await host.ChatAsync("m-endless", stream: true, Cancel);
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(Cancel));
        List<string> events = [];
        try
        {
            while (await reader.NextAsync(Cancel) is { } data)
            {
                events.Add(data);
            }

            Assert.NotNull(JsonNode.Parse(events[^1])!["error"]);
        }
        catch (IOException)
        {
            Assert.NotEmpty(events);
        }

        Assert.DoesNotContain("[DONE]", events);
        Assert.DoesNotContain(events, static data => data.Contains("\"finish_reason\":\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answer_WithoutEnd_IsCutWhereItIsWantedWhole()
    {
        using var response = await host.ChatAsync("endless-or-backup", stream: false, Cancel);

        Assert.Equal((HttpStatusCode.OK, "backup"), (response.StatusCode, Header(response, "x-proxy-provider")));
    }

    [Fact]
    public async Task Code_ThatIsFine_HasItsUsageAndAnAdapterForEachKey()
    {
        var keys = new HashSet<string>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await host.ChatAsync("m-fine", stream: false, Cancel);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
            keys.Add((string)answer["choices"]![0]!["message"]!["content"]!);
            Assert.Equal((3, 2, 5), ((int)answer["usage"]!["prompt_tokens"]!, (int)answer["usage"]!["completion_tokens"]!, (int)answer["usage"]!["total_tokens"]!));
        }

        Assert.Equal(["key=key-1", "key=key-2"], keys.Order());
    }

    [Fact]
    public async Task Stream_WhosePiecesAreSlow_IsNotHeldBack_AndStopsWhenTheClientLeaves()
    {
        var response = await host.ChatAsync("m-waits", stream: true, Cancel);
        using (var reader = new SseReader(await response.Content.ReadAsStreamAsync(Cancel)))
        {
            var text = "";
            while (text.Length == 0)
            {
                text = (string?)JsonNode.Parse((await reader.NextAsync(Cancel))!)!["choices"]![0]!["delta"]!["content"] ?? "";
            }

            Assert.Equal("First", text);
            Assert.False(host.Watch.Cancelled.IsCompleted);
        }

        response.Dispose();

        await host.Watch.Cancelled.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Theory]
    [InlineData("fine", true)]
    [InlineData("hangs", false)]
    [InlineData("constructor", false)]
    public async Task HealthCheck_OfAProvider_AsksItsCode(string name, bool healthy)
    {
        using var response = await host.Admin.PostAsync(new Uri($"/admin/v1/providers/{name}/check", UriKind.Relative), null, Cancel);

        Assert.Equal(healthy, (bool?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["healthy"]);
    }

    [Fact]
    public async Task Type_OfAnExtension_IsKnownToTheAdminApi()
    {
        var types = JsonNode.Parse(await host.Admin.GetStringAsync(new Uri("/admin/v1/provider-types", UriKind.Relative), Cancel))!["data"]!.AsArray();

        Assert.Contains(types, static type => (string?)type!["type"] == "odd" && (bool)type["chatCompletions"]! && !(bool)type["embeddings"]!);
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private static async Task<IReadOnlyList<string>> EventsAsync(HttpResponseMessage response)
    {
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(Cancel));
        return await reader.ToEndAsync(Cancel);
    }
}
