using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Cohere;

public sealed class CohereAnswerTests
{
    private static readonly ProviderCase Cohere = CohereCase.Provider;

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("[]")]
    [InlineData("""{"id":"i","message":"an error with status 200"}""")]
    [InlineData("""{"message":{"role":"assistant","content":[]}}""")]
    [InlineData("""{"message":{"content":[{"type":"text","text":"Half"}]},"finish_reason":"ERROR"}""")]
    [InlineData("""{"message":{"content":[{"type":"text","text":"Half"}]},"finish_reason":"TIMEOUT"}""")]
    [InlineData("""{"message":{"content":[{"type":"text","text":"\ud800"}]},"finish_reason":"COMPLETE"}""")]
    public void Body_ThatIsNoAnswer_IsInvalid(string body)
    {
        var (answer, shown) = Cohere.Read(Cohere.Chat(""), body);

        Assert.Equal(AnswerValidity.Invalid, answer.Validity);
        Assert.Null(shown);
    }

    [Theory]
    [InlineData("COMPLETE", "stop")]
    [InlineData("STOP_SEQUENCE", "stop")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("ERROR_LIMIT", "length")]
    [InlineData("ERROR_TOXIC", "content_filter")]
    [InlineData("SOMETHING_NEW", "stop")]
    public void FinishReason_OfCohere_IsOpenAis(string reason, string expected)
    {
        var (_, shown) = Cohere.Read(Cohere.Chat(""), $$$"""{"message":{"content":"Hi"},"finish_reason":"{{{reason}}}"}""");

        Assert.Equal(expected, (string?)shown!["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public void Usage_InBuckets_CountsEachTokenOnce()
    {
        var (answer, _) = Cohere.Read(Cohere.Chat(""), """
            {"message":{"content":"Hi"},"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":1,"output_tokens":1},"tokens":{"input_tokens":100,"output_tokens":50,"reasoning_tokens":20},"cached_tokens":30}}
            """);

        Assert.Equal(new TokenUsage(70, 30, 0, 30, 20), answer.Usage);
    }

    [Theory]
    [InlineData(422, """{"message":"too many tokens: size limit exceeded by 11 tokens."}""", 400, "context_length_exceeded", false)]
    [InlineData(422, """{"message":"bad https://internal.example/x"}""", 400, "upstream_rejected", false)]
    [InlineData(498, "{}", 502, "upstream_credentials", true)]
    [InlineData(404, "no json", 404, "model_not_found", true)]
    [InlineData(429, "{}", 429, "upstream_rate_limited", true)]
    [InlineData(503, "<html>", 503, "upstream_overloaded", true)]
    [InlineData(501, "{}", 502, "upstream_failed", true)]
    public void Error_OfCohere_IsReadByItsStatus(int status, string body, int shown, string code, bool another)
    {
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status);
        response.Headers.TryAddWithoutValidation("retry-after", "7");

        var error = Cohere.Adapter.ReadError(status, response.Headers, System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal((shown, code, another), (error.Refusal.Status, error.Refusal.Code, error.TryAnother));
        Assert.Equal(status is 429 or >= 500 ? TimeSpan.FromSeconds(7) : null, status is 498 ? null : error.RetryAfter);
        Assert.DoesNotContain("internal.example", error.Refusal.Message, StringComparison.Ordinal);
    }
}
