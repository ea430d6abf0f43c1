using System.Net;
using System.Text.RegularExpressions;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.Headers;

public sealed partial class ResponseHeaderTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RequestId_FromTheClient_ComesBack(bool stream)
    {
        using var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel, stream));
        request.Headers.Add("x-request-id", "order-17.retry_2");

        using var response = await SendAsync(request);

        Assert.Equal("order-17.retry_2", Header(response, "x-request-id"));
    }

    [Theory]
    [InlineData("has blank")]
    [InlineData("<script>")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task RequestId_UnsafeOrTooLong_IsReplaced(string id)
    {
        using var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel));
        request.Headers.TryAddWithoutValidation("x-request-id", id);

        using var response = await SendAsync(request);

        Assert.NotEqual(id, Header(response, "x-request-id"));
        Assert.Matches("^[A-Za-z0-9_-]{8,128}$", Header(response, "x-request-id"));
    }

    [Fact]
    public async Task RequestId_NotSent_IsMadeAndDiffers()
    {
        using var one = await ChatAsync(GatewayFixture.OpenAiModel);
        using var two = await ChatAsync(GatewayFixture.OpenAiModel);

        Assert.NotEqual(Header(one, "x-request-id"), Header(two, "x-request-id"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Decision_IsShownInHeaders(bool stream)
    {
        using var response = await ChatAsync(GatewayFixture.AnthropicModel, stream);

        Assert.Equal("anthropic-like", Header(response, "x-proxy-provider"));
        Assert.Equal(GatewayFixture.AnthropicModel, Header(response, "x-proxy-model"));
        Assert.Equal("1", Header(response, "x-proxy-attempts"));
        Assert.Equal("local", Header(response, "x-proxy-region"));
    }

    [Fact]
    public async Task Attempts_AfterAFallback_CountBoth()
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 500 });

        using var response = await ChatAsync(pair.Alias);

        Assert.Equal(pair.Second, Header(response, "x-proxy-provider"));
        Assert.Equal("2", Header(response, "x-proxy-attempts"));
        Assert.Equal(pair.Model, Header(response, "x-proxy-model"));
    }

    [Fact]
    public async Task ServerTiming_NamesTheStages()
    {
        using var response = await ChatAsync(GatewayFixture.OpenAiModel);

        var stages = StageName().Matches(Header(response, "server-timing")).Select(match => match.Groups[1].Value);
        Assert.Superset(new HashSet<string> { "auth", "limit", "route", "upstream" }, stages.ToHashSet());
    }

    [Fact]
    public async Task Upstream_HeadersOfItsOwn_DoNotReachTheClient()
    {
        using var response = await ChatAsync(GatewayFixture.OpenAiModel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("set-cookie"));
        Assert.False(response.Headers.Contains("server"));
    }

    [Fact]
    public async Task RateLimitHeaders_OfTheOpenMode_AreNotSent()
    {
        using var response = await ChatAsync(GatewayFixture.OpenAiModel);

        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase));
    }

    [GeneratedRegex(@"([a-z]+);dur=\d+(\.\d+)?")]
    private static partial Regex StageName();
}
