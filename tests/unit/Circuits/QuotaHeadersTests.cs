using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.GatewayApi.Circuits;

namespace ProxyCluster.Tests.Unit.Circuits;

public sealed class QuotaHeadersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void OpenAi_AsDocumented_IsRead()
    {
        var read = Read(
            "x-ratelimit-limit-requests: 60", "x-ratelimit-limit-tokens: 150000",
            "x-ratelimit-remaining-requests: 59", "x-ratelimit-remaining-tokens: 149984",
            "x-ratelimit-reset-requests: 1s", "x-ratelimit-reset-tokens: 6m0s");

        Assert.Equal(new QuotaReading(Amount(60, 59, 1), Amount(150_000, 149_984, 360)), read);
    }

    [Fact]
    public void Anthropic_AsDocumented_IsReadByItsScarcestTokens()
    {
        var read = Read(
            "anthropic-ratelimit-requests-limit: 50", "anthropic-ratelimit-requests-remaining: 49", "anthropic-ratelimit-requests-reset: 2026-01-01T00:00:30Z",
            "anthropic-ratelimit-tokens-limit: 100000", "anthropic-ratelimit-tokens-remaining: 90000", "anthropic-ratelimit-tokens-reset: 2026-01-01T00:00:10Z",
            "anthropic-ratelimit-input-tokens-limit: 80000", "anthropic-ratelimit-input-tokens-remaining: 79000", "anthropic-ratelimit-input-tokens-reset: 2026-01-01T00:00:10Z",
            "anthropic-ratelimit-output-tokens-limit: 20000", "anthropic-ratelimit-output-tokens-remaining: 1000", "anthropic-ratelimit-output-tokens-reset: 2026-01-01T00:01:00Z");

        Assert.Equal(new QuotaReading(Amount(50, 49, 30), Amount(20_000, 1000, 60)), read);
    }

    [Fact]
    public void Windows_OfADayAndAMinute_AreKeptApart()
    {
        var read = Read(
            "x-ratelimit-limit-requests-day: 1000", "x-ratelimit-remaining-requests-day: 0", "x-ratelimit-reset-requests-day: 33011.382867813",
            "x-ratelimit-limit-requests-minute: 30", "x-ratelimit-remaining-requests-minute: 29", "x-ratelimit-reset-requests-minute: 11");

        Assert.Equal((1000L, 0L), (read.Requests!.Value.Limit, read.Requests.Value.Remaining));
        Assert.Null(read.Tokens);
    }

    [Theory]
    [InlineData("1s", 1)]
    [InlineData("120ms", 0.12)]
    [InlineData("2m59.56s", 179.56)]
    [InlineData("1h2m3s", 3723)]
    [InlineData("1d", 86_400)]
    [InlineData("17", 17)]
    [InlineData("0.5", 0.5)]
    [InlineData("1767225605", 5)]
    [InlineData("1767225605000", 5)]
    [InlineData("2026-01-01T00:00:05Z", 5)]
    public void Reset_InEachForm_IsRead(string text, double seconds) =>
        Assert.Equal(Now + TimeSpan.FromSeconds(seconds), Read("x-ratelimit-remaining-requests: 0", $"x-ratelimit-reset-requests: {text}").Requests!.Value.ResetsAt);

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("s")]
    [InlineData("5x")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999999s")]
    [InlineData("1e300")]
    [InlineData("NaN")]
    [InlineData("3026-01-01T00:00:05Z")]
    public void Reset_ThatCannotBe_IsLeftOut(string text) =>
        Assert.Null(Read("x-ratelimit-remaining-requests: 0", $"x-ratelimit-reset-requests: {text}").Requests!.Value.ResetsAt);

    [Theory]
    [InlineData("x-ratelimit-remaining-requests: many")]
    [InlineData("x-ratelimit-remaining-requests: -1")]
    [InlineData("x-ratelimit-limit-requests: 5")]
    [InlineData("x-ratelimit-remaining-images: 5")]
    [InlineData("x-ratelimit-: 5")]
    [InlineData("anthropic-ratelimit-unified-status: allowed")]
    [InlineData("content-language: de")]
    public void Header_ThatTellsNothing_IsPassedOver(string header) => Assert.True(Read(header).IsEmpty);

    [Fact]
    public void Headers_OfMoreLimitsThanAnybodyHas_AreReadAsFarAsThereIsRoom()
    {
        var read = Read([.. Enumerable.Range(0, 50).Select(i => $"x-ratelimit-remaining-requests-{i}: {i}")]);

        Assert.Equal(0, read.Requests!.Value.Remaining);
    }

    [Fact]
    public void Read_AllocatesNothing()
    {
        using var response = Response("x-ratelimit-limit-requests: 60", "x-ratelimit-remaining-requests: 59", "x-ratelimit-reset-requests: 1m2s");
        QuotaHeaders.Read(response.Headers, Now);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            QuotaHeaders.Read(response.Headers, Now);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static QuotaAmount Amount(long limit, long remaining, double reset) => new(limit, remaining, Now + TimeSpan.FromSeconds(reset));

    private static QuotaReading Read(params string[] headers)
    {
        using var response = Response(headers);
        return QuotaHeaders.Read(response.Headers, Now);
    }

    private static HttpResponseMessage Response(params string[] headers)
    {
        var response = new HttpResponseMessage();
        foreach (var header in headers)
        {
            var colon = header.IndexOf(": ", StringComparison.Ordinal);
            response.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 2)..]);
        }

        return response;
    }
}
