using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Keys;

/// <summary>The limits the product comes with: 100 a minute and 1,000 an hour for each key.</summary>
public sealed class RateLimitTests(KeyedGatewayFixture gateway) : KeyedTest(gateway)
{
    [Fact]
    public async Task Headers_OfAnAdmittedRequest_TellTheMostConstrainedLimit()
    {
        var (_, key) = await CreateKeyAsync("headers");

        using var response = await ChatAsync(key);

        Assert.Equal("100", Header(response, "x-ratelimit-limit-requests"));
        Assert.InRange(int.Parse(Header(response, "x-ratelimit-remaining-requests"), CultureInfo.InvariantCulture), 0, 99);
        Assert.Matches(@"^(\d+h)?(\d+m)?(\d+(\.\d+)?s)?$|^\d+ms$", Header(response, "x-ratelimit-reset-requests"));
    }

    [Fact]
    public async Task Requests_OverTheMinute_AreRefusedWithAllThatApiTells()
    {
        var (_, key) = await CreateKeyAsync("greedy");
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 100; i++)
        {
            using var admitted = await ChatAsync(key);
            statuses.Add(admitted.StatusCode);
        }

        using var refused = await ChatAsync(key);

        Assert.Equal(100, statuses.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(100, Gateway.Upstream.RequestCount);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(("100", "0"), (Header(refused, "x-ratelimit-limit-requests"), Header(refused, "x-ratelimit-remaining-requests")));
        var seconds = refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        var milliseconds = double.Parse(Header(refused, "retry-after-ms"), CultureInfo.InvariantCulture);
        Assert.InRange(seconds, 1, 60);
        Assert.Equal(Math.Ceiling(milliseconds / 1000), seconds);
        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancel))!["error"]!;
        Assert.Equal(("rate_limit_error", "requests_per_minute"), ((string?)error["type"], (string?)error["code"]));
        var message = (string)error["message"]!;
        Assert.Contains("100", message, StringComparison.Ordinal);
        Assert.Contains("key", message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Limit_OfOneKey_LeavesAnotherAlone()
    {
        var (_, greedy) = await CreateKeyAsync("greedy-neighbour");
        var (_, other) = await CreateKeyAsync("other");
        for (var i = 0; i < 101; i++)
        {
            using var one = await ChatAsync(greedy);
        }

        using var response = await ChatAsync(other);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : $"<no {name}>";
}
