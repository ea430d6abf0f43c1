using Microsoft.AspNetCore.Http;
using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class RateLimitHeadersTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(-5, "0s")]
    [InlineData(20, "20ms")]
    [InlineData(999, "999ms")]
    [InlineData(1_000, "1s")]
    [InlineData(1_500, "1.5s")]
    [InlineData(59_999, "59.999s")]
    [InlineData(60_000, "1m0s")]
    [InlineData(90_250, "1m30.25s")]
    [InlineData(360_000, "6m0s")]
    [InlineData(3_600_000, "1h0m0s")]
    [InlineData(3_723_004, "1h2m3.004s")]
    public void Duration_IsWrittenAsGoDoes(long milliseconds, string expected) =>
        Assert.Equal(expected, GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Duration_PartOfAMillisecond_IsRoundedUp() =>
        Assert.Equal("1ms", GoDuration.Format(TimeSpan.FromTicks(1)));

    [Fact]
    public void Headers_WithALimit_AreOpenAIsThree()
    {
        var headers = new HeaderDictionary();

        RateLimitHeaders.Write(headers, new LimitDecision(null, 100_000, 7, TimeSpan.FromMinutes(1)));

        Assert.Equal("100000", headers["x-ratelimit-limit-requests"]);
        Assert.Equal("7", headers["x-ratelimit-remaining-requests"]);
        Assert.Equal("1m0s", headers["x-ratelimit-reset-requests"]);
    }

    [Fact]
    public void Headers_WithoutALimit_AreNotSent()
    {
        var headers = new HeaderDictionary();

        RateLimitHeaders.Write(headers, LimitDecision.Unlimited);

        Assert.Empty(headers);
    }
}
