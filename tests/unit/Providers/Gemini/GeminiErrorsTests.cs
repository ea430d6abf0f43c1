using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class GeminiErrorsTests
{
    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", "contents is not specified", 400, "upstream_rejected", AttemptOutcome.Rejected, false)]
    [InlineData(400, "INVALID_ARGUMENT", "The input token count (12) exceeds the maximum number of tokens allowed (10).", 400, "context_length_exceeded", AttemptOutcome.Rejected, false)]
    [InlineData(400, "FAILED_PRECONDITION", "User location is not supported for the API use.", 502, "upstream_credentials", AttemptOutcome.CredentialsRefused, true)]
    [InlineData(401, "UNAUTHENTICATED", "no", 502, "upstream_credentials", AttemptOutcome.CredentialsRefused, true)]
    [InlineData(403, "PERMISSION_DENIED", "no", 502, "upstream_credentials", AttemptOutcome.CredentialsRefused, true)]
    [InlineData(404, "NOT_FOUND", "models/x is not found", 404, "model_not_found", AttemptOutcome.Rejected, true)]
    [InlineData(413, "INVALID_ARGUMENT", "big", 413, "request_too_large", AttemptOutcome.Rejected, false)]
    [InlineData(429, "RESOURCE_EXHAUSTED", "slow", 429, "upstream_rate_limited", AttemptOutcome.RateLimited, true)]
    [InlineData(499, "CANCELLED", "gone", 502, "upstream_failed", AttemptOutcome.ServerError, true)]
    [InlineData(500, "INTERNAL", "oops", 502, "upstream_failed", AttemptOutcome.ServerError, true)]
    [InlineData(503, "UNAVAILABLE", "overloaded", 503, "upstream_overloaded", AttemptOutcome.ServerError, true)]
    [InlineData(504, "DEADLINE_EXCEEDED", "late", 504, "upstream_timeout", AttemptOutcome.ServerError, true)]
    public void Error_ByStatus_TellsBlameAndRefusal(int status, string name, string message, int refusedWith, string code, AttemptOutcome outcome, bool tryAnother)
    {
        var error = Read(status, $$$"""{"error":{"code":{{{status}}},"message":"{{{message}}}","status":"{{{name}}}"}}""");

        Assert.Equal((refusedWith, code, outcome, tryAnother), (error.Refusal.Status, error.Refusal.Code, error.Outcome, error.TryAnother));
    }

    [Theory]
    [InlineData("API_KEY_INVALID", "upstream_credentials")]
    [InlineData("SOMETHING_ELSE", "upstream_rejected")]
    public void KeyThatIsNotValid_ToldAsABadRequest_IsTheOperators(string reason, string code) =>
        Assert.Equal(code, Read(400, $$$"""{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"@type":"x","reason":"{{{reason}}}"}]}}""").Refusal.Code);

    [Theory]
    [InlineData("48s", 48_000)]
    [InlineData("34.4s", 34_400)]
    [InlineData("0.250000000s", 250)]
    [InlineData("-1s", null)]
    [InlineData("1e9s", null)]
    [InlineData("soon", null)]
    [InlineData("s", null)]
    public void RetryDelay_InDetails_IsTheAdvice(string delay, int? milliseconds)
    {
        var error = Read(429, $$$"""{"error":{"code":429,"details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{{delay}}}"}]}}""");

        Assert.Equal(milliseconds, error.RetryAfter?.TotalMilliseconds);
        Assert.Equal(error.RetryAfter, error.Refusal.RetryAfter);
    }

    [Fact]
    public void RetryAfter_AsHeader_GoesBeforeTheDetails() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Read(429, """{"error":{"details":[{"retryDelay":"9s"}]}}""", ("retry-after", "7")).RetryAfter);

    [Fact]
    public void Error_InAList_IsRead() =>
        Assert.Equal("context_length_exceeded", Read(400, """[{"error":{"code":400,"message":"The input token count (2) exceeds the maximum number of tokens allowed (1)."}}]""").Refusal.Code);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>bad gateway</html>")]
    [InlineData("{\"error\":")]
    [InlineData("{\"error\":\"text\"}")]
    [InlineData("{\"error\":{\"details\":[1]}}")]
    [InlineData("{\"error\":{\"message\":\"\\ud83d\"}}")]
    public void Error_WithoutReadableBody_IsJudgedByItsStatus(string body) =>
        Assert.Equal("upstream_failed", Read(502, body).Refusal.Code);

    [Fact]
    public void Message_WithProjectOrKey_IsShownWithoutThem()
    {
        var error = Read(400, """{"error":{"code":400,"message":"Publisher model `projects/acme-prod/locations/global/x` of key AIzaSyA-b_c1 and token ya29.abc at https://internal.example/x"}}""");

        Assert.Equal("Publisher model `***/locations/global/x` of key *** and token *** at ***", error.Refusal.Message);
    }

    private static UpstreamError Read(int status, string body, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return GeminiCase.Adapter.ReadError(status, response.Headers, Encoding.UTF8.GetBytes(body));
    }
}
