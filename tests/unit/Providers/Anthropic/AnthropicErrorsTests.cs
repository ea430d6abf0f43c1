using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Anthropic;

public sealed class AnthropicErrorsTests
{
    [Theory]
    [InlineData(400, "invalid_request_error", "messages: bad", 400, "upstream_rejected", AttemptOutcome.Rejected, false)]
    [InlineData(400, "invalid_request_error", "prompt is too long: 201 tokens > 200 maximum", 400, "context_length_exceeded", AttemptOutcome.Rejected, false)]
    [InlineData(400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 1 + 2 > 2", 400, "context_length_exceeded", AttemptOutcome.Rejected, false)]
    [InlineData(400, "invalid_request_error", "Your credit balance is too low", 502, "upstream_credentials", AttemptOutcome.CredentialsRefused, true)]
    [InlineData(401, "authentication_error", "invalid x-api-key", 502, "upstream_credentials", AttemptOutcome.CredentialsRefused, true)]
    [InlineData(402, "billing_error", "pay", 502, "upstream_credentials", AttemptOutcome.CredentialsRefused, true)]
    [InlineData(403, "permission_error", "no", 502, "upstream_credentials", AttemptOutcome.CredentialsRefused, true)]
    [InlineData(404, "not_found_error", "model: x", 404, "model_not_found", AttemptOutcome.Rejected, true)]
    [InlineData(408, "timeout_error", "late", 504, "upstream_timeout", AttemptOutcome.ServerError, true)]
    [InlineData(413, "request_too_large", "big", 413, "request_too_large", AttemptOutcome.Rejected, false)]
    [InlineData(429, "rate_limit_error", "slow down", 429, "upstream_rate_limited", AttemptOutcome.RateLimited, true)]
    [InlineData(500, "api_error", "oops", 502, "upstream_failed", AttemptOutcome.ServerError, true)]
    [InlineData(529, "overloaded_error", "Overloaded", 503, "upstream_overloaded", AttemptOutcome.ServerError, true)]
    public void Error_ByStatus_TellsBlameAndRefusal(int status, string type, string message, int refusedWith, string code, AttemptOutcome outcome, bool tryAnother)
    {
        var error = Read(status, $$"""{"type":"error","error":{"type":"{{type}}","message":"{{message}}"},"request_id":"req_1"}""");

        Assert.Equal(
            (refusedWith, code, outcome, tryAnother),
            (error.Refusal.Status, error.Refusal.Code, error.Outcome, error.TryAnother));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>bad gateway</html>")]
    [InlineData("{\"error\":")]
    [InlineData("{\"error\":\"text\"}")]
    public void Error_WithoutReadableBody_IsJudgedByItsStatus(string body) =>
        Assert.Equal("upstream_failed", Read(502, body).Refusal.Code);

    [Fact]
    public void RetryAfter_InEachForm_IsRead()
    {
        Assert.Equal(TimeSpan.FromSeconds(7), Read(429, "{}", ("retry-after", "7")).RetryAfter);
        Assert.Equal(TimeSpan.FromMilliseconds(250), Read(429, "{}", ("retry-after-ms", "250")).RetryAfter);
        var date = DateTimeOffset.FromUnixTimeSeconds(AnthropicCase.Now + 9).ToString("R");
        Assert.Equal(TimeSpan.FromSeconds(9), Read(429, "{}", ("retry-after", date)).RetryAfter);
        Assert.Null(Read(429, "{}", ("retry-after", "soon")).RetryAfter);
    }

    [Fact]
    public void Message_WithKeyOrAddress_IsShownWithoutThem()
    {
        var error = Read(400, """{"error":{"type":"invalid_request_error","message":"key sk-ant-api03-abcdef at https://internal.example/x\nsee api.anthropic.com/y"}}""");

        Assert.Equal("key *** at *** see ***/y", error.Refusal.Message);
    }

    private static UpstreamError Read(int status, string body, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return AnthropicCase.Adapter.ReadError(status, response.Headers, Encoding.UTF8.GetBytes(body));
    }
}
