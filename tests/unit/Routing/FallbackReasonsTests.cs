using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class FallbackReasonsTests
{
    [Theory]
    [InlineData("context_length_exceeded", "?", "context_too_long")]
    [InlineData("request_too_large", "?", "context_too_long")]
    [InlineData("400", "This model's maximum context length is 4096 tokens.", "context_too_long")] // a compatible server's own code
    [InlineData("content_filter", "?", "content_filter")]
    [InlineData("content_policy_violation", "?", "content_filter")]
    [InlineData("upstream_rejected", "The response was filtered due to Azure OpenAI's content management policy.", "content_filter")]
    [InlineData("capability_not_supported", "?", "any")]
    [InlineData("model_not_found", "?", "any")]
    [InlineData("no_healthy_provider", "?", "any")]
    [InlineData("invalid_value", "temperature must be a number", "none")]
    public void Reason_OfARejection_IsReadFromCodeOrMessage(string code, string message, string expected) =>
        Assert.Equal(expected, NameOf(new AttemptResult(AttemptOutcome.Rejected, new Refusal(400, "invalid_request_error", code, message), false, default)));

    [Theory]
    [InlineData(AttemptOutcome.RateLimited, "rate_limited")]
    [InlineData(AttemptOutcome.ServerError, "any")]
    [InlineData(AttemptOutcome.ConnectFailed, "any")]
    [InlineData(AttemptOutcome.TimedOut, "any")]
    [InlineData(AttemptOutcome.InvalidAnswer, "any")]
    [InlineData(AttemptOutcome.CredentialsRefused, "any")]
    [InlineData(AttemptOutcome.Abandoned, "none")]
    [InlineData(AttemptOutcome.StreamBroken, "none")]
    [InlineData(AttemptOutcome.Succeeded, "none")] // a hook has withheld the answer
    public void Reason_OfAnOutcome_IsItsKind(AttemptOutcome outcome, string expected) =>
        Assert.Equal(expected, NameOf(new AttemptResult(outcome, Refusals.UpstreamFailed(500), true, default)));

    [Fact]
    public void Reason_OfAnAnswer_IsNone() => Assert.Equal("none", NameOf(new AttemptResult(AttemptOutcome.Succeeded, null, false, default)));

    [Fact]
    public void Models_OfAReason_AreItsOwnElseThoseForAny()
    {
        var fallbacks = new AliasFallbacks(["long"], [], ["calm", "cheap"], ["other"]);

        Assert.Equal(["long"], fallbacks.For(FallbackReason.ContextTooLong));
        Assert.Equal(["other"], fallbacks.For(FallbackReason.ContentFilter));
        Assert.Equal(["calm", "cheap"], fallbacks.For(FallbackReason.RateLimited));
        Assert.Equal(["other"], fallbacks.For(FallbackReason.Other));
        Assert.Empty(fallbacks.For(FallbackReason.None));
    }

    private static string NameOf(AttemptResult result) => FallbackReasons.NameOf(FallbackReasons.Of(result));
}
