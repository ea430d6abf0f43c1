using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;
using static ProxyCluster.Tests.Http.Circuits.CircuitGateway;

namespace ProxyCluster.Tests.Http.Circuits;

/// <summary>A 429 is a rest of one model, as long as the provider asks for, and no failure.</summary>
public sealed class CoolDownTests
{
    private static readonly Behaviour Limited = new() { Status = 429 };

    [Theory]
    [InlineData("retry-after", "60", 60)]
    [InlineData("x-ratelimit-reset-requests", "1m30s", 90)]
    [InlineData("anthropic-ratelimit-requests-reset", null, 120)]
    [InlineData(null, null, 10)]
    public async Task RateLimit_RestsTheModelAsLongAsItsHeadersSay(string? header, string? value, double seconds)
    {
        await using var gateway = await StartAsync(Quiet());
        var headers = header switch
        {
            null => [],
            "retry-after" => new[] { $"retry-after: {value}" },
            "x-ratelimit-reset-requests" => ["x-ratelimit-limit-requests: 60", "x-ratelimit-remaining-requests: 0", $"{header}: {value}"],
            _ => ["anthropic-ratelimit-requests-limit: 60", "anthropic-ratelimit-requests-remaining: 0", $"{header}: {DateTimeOffset.UnixEpoch.AddSeconds(Later(seconds)):yyyy-MM-ddTHH:mm:ssZ}"],
        };
        gateway.Dead.Next(Limited with { Headers = headers });

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal((200, Second), await gateway.ChatAsync());
        }

        Assert.Equal(1, gateway.Dead.RequestCount);
        Assert.Equal((200, First), await gateway.ChatAsync(Sibling));
        var description = await gateway.UntilAsync(d => d["coolDowns"]!.AsArray().Count > 0);
        var rest = Assert.Single(description["coolDowns"]!.AsArray())!;
        Assert.Equal(Model, (string?)rest["model"]);
        Assert.InRange((DateTimeOffset)rest["until"]! - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(seconds - 8), TimeSpan.FromSeconds(seconds + 1));
        Assert.Equal("closed", (string?)description["circuit"]!["state"]);
        Assert.Equal(0, (int)description["outcomes"]!["serverError"]!);
    }

    [Fact]
    public async Task RateLimit_OfTheLastProviderOfAModel_IsAskedAllTheSame()
    {
        await using var gateway = await StartAsync(Quiet());
        gateway.Dead.Next(Limited with { RetryAfter = "60" });

        Assert.Equal(429, (await gateway.ChatAsync(Alone)).Status);
        Assert.Equal(200, (await gateway.ChatAsync(Alone)).Status);
    }

    [Fact]
    public async Task Quota_ThatIsSpent_RestsTheModelBeforeTheProviderRefuses()
    {
        await using var gateway = await StartAsync(Quiet());
        gateway.Dead.Next(Behaviour.Default with
        {
            Headers = ["x-ratelimit-limit-tokens: 1000", "x-ratelimit-remaining-tokens: 0", "x-ratelimit-reset-tokens: 60s"],
        });

        Assert.Equal((200, First), await gateway.ChatAsync());
        Assert.Equal((200, Second), await gateway.ChatAsync());
        Assert.Equal((200, First), await gateway.ChatAsync(Sibling));
        var quota = Assert.Single((await gateway.UntilAsync(d => d["quotas"]!.AsArray().Count > 0))["quotas"]!.AsArray())!;
        Assert.Equal((Model, 1), ((string?)quota["model"], (int)quota["key"]!));
        Assert.Null(quota["requests"]);
        Assert.Equal((1000, 0), ((int)quota["tokens"]!["limit"]!, (int)quota["tokens"]!["remaining"]!));
    }

    [Fact]
    public async Task Credentials_Refused_RestTheModelAndLeaveTheCircuitClosed()
    {
        await using var gateway = await StartAsync(Quiet());
        gateway.Dead.ForModel(Model, new Behaviour { Status = 403 });

        for (var i = 0; i < 8; i++)
        {
            Assert.Equal((200, Second), await gateway.ChatAsync());
        }

        Assert.Equal(1, gateway.Dead.RequestCount);
        Assert.Equal("closed", (string?)(await gateway.DescribeAsync())["circuit"]!["state"]);
        await gateway.AssertAnswersAsync(First, Sibling);
    }

    private static double Later(double seconds) => Math.Ceiling((TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds + seconds);

    private static JsonObject Quiet() => new() { ["Health"] = new JsonObject { ["ActiveChecks"] = false } };
}
