using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>A gateway that fills up refuses batch requests first, then normal ones, then high ones.</summary>
public sealed class SheddingTests(ResilienceFixture fixture) : ResilienceTest(fixture)
{
    [Fact]
    public async Task Gateway_ThatFills_RefusesTheLeastImportantFirst()
    {
        var release = new TaskCompletionSource();
        Second.Behaviour = HeldUntil(release);
        var held = new List<Task<HttpResponseMessage>>();

        // Of 20: batch up to 14, normal up to 17, high up to 19, critical all.
        await FillAsync(held, "critical", upTo: 14);
        await AssertShedAsync("batch");
        await FillAsync(held, "normal", upTo: 17);
        await AssertShedAsync("normal");
        await AssertShedAsync(null);
        await FillAsync(held, "high", upTo: 19);
        await AssertShedAsync("high");
        await FillAsync(held, "critical", upTo: 20);
        await AssertShedAsync("critical");

        release.SetResult();
        foreach (var task in held)
        {
            using var response = await task;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await response.Content.ReadAsByteArrayAsync(Cancel);
        }

        using var after = await ChatAsync(ResilienceFixture.Wide, priority: "batch");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal(21, Second.RequestCount);
        await Meters.CountsAsync(Fixture.Ops, "proxycluster_resilience_shed", "priority=\"batch\"");
    }

    [Fact]
    public async Task Request_ThatIsShed_IsAnsweredBeforeItsBodyIsThere()
    {
        var release = new TaskCompletionSource();
        Second.Behaviour = HeldUntil(release);
        var held = new List<Task<HttpResponseMessage>>();
        await FillAsync(held, "critical", upTo: 14);

        using var client = await RawHttp.ConnectAsync(Fixture.Gateway.Data);
        await client.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-proxy-priority: batch\r\ncontent-length: 100000\r\n\r\n{");
        var response = await client.ReadResponseAsync();

        Assert.Equal(503, response!.Status);
        release.SetResult();
        foreach (var task in held)
        {
            (await task).Dispose();
        }
    }

    [Fact]
    public async Task Priority_ThatIsNone_IsRefused()
    {
        using var response = await ChatAsync(ResilienceFixture.Wide, priority: "urgent");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("x-proxy-priority", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!["param"]);
    }

    private async Task FillAsync(List<Task<HttpResponseMessage>> held, string priority, int upTo)
    {
        while (held.Count < upTo)
        {
            held.Add(ChatAsync(ResilienceFixture.Wide, priority: priority));
            await Second.NextRequestAsync();
        }
    }

    private async Task AssertShedAsync(string? priority)
    {
        using var response = await ChatAsync(ResilienceFixture.Wide, priority: priority);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;
        Assert.Equal(("overloaded_error", "shedding"), ((string?)error["type"], (string?)error["code"]));
        Assert.InRange(int.Parse(Chats.Header(response, "retry-after-ms")!, CultureInfo.InvariantCulture), 1_000, 5_000);
    }
}
