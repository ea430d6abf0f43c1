using Microsoft.AspNetCore.Http;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>The headers of draft-ietf-httpapi-ratelimit-headers-11.</summary>
public sealed class StandardLimitHeadersTests
{
    private static readonly LimitDecision Requests =
        new(null, 100, 42, TimeSpan.FromSeconds(30.2)) { Window = LimitWindow.Minute };

    [Fact]
    public void Headers_OfALimitOnRequests_TellPolicyAndWhatIsLeft()
    {
        var headers = Write(Requests, default);

        Assert.Equal("\"requests_per_minute\";q=100;w=60", headers["RateLimit-Policy"]);
        Assert.Equal("\"requests_per_minute\";r=42;t=31", headers["RateLimit"]);
    }

    [Fact]
    public void Headers_OfTheHour_TellItsWindow()
    {
        var headers = Write(
            Requests with { Window = LimitWindow.Hour }, new TokenStanding(90_000, 1_000, TimeSpan.FromMinutes(59), BudgetLimit.TokensPerHour));

        Assert.Equal(["\"requests_per_hour\";q=100;w=3600", "\"tokens_per_hour\";q=90000;w=3600;qu=\"tokens\""], headers["RateLimit-Policy"].ToArray());
        Assert.Equal(["\"requests_per_hour\";r=42;t=31", "\"tokens_per_hour\";r=1000;t=3540"], headers["RateLimit"].ToArray());
    }

    [Fact]
    public void Headers_OfALimitThatIsOverdrawn_TellThatNothingIsLeft()
    {
        var headers = Write(default, new TokenStanding(1_000, -20, TimeSpan.FromSeconds(-1), BudgetLimit.TokensPerMinute));

        Assert.Equal("\"tokens_per_minute\";r=0;t=0", headers["RateLimit"]);
    }

    [Fact]
    public void Headers_WithoutALimit_AreNotSent() => Assert.Empty(Write(LimitDecision.Unlimited, default));

    private static HeaderDictionary Write(LimitDecision requests, TokenStanding tokens)
    {
        var headers = new HeaderDictionary();
        StandardLimitHeaders.Write(headers, requests, tokens);
        return headers;
    }
}
