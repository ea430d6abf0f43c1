using System.Net;
using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

public sealed class BedrockErrorsTests
{
    [Theory]
    [InlineData(400, "ValidationException", "The toolConfig field must be defined.", AttemptOutcome.Rejected, 400, "upstream_rejected", false)]
    [InlineData(400, "ValidationException", "Input is too long for requested model.", AttemptOutcome.Rejected, 400, "context_length_exceeded", false)]
    [InlineData(400, "ValidationException", "The provided model identifier is invalid.", AttemptOutcome.Rejected, 404, "model_not_found", true)]
    [InlineData(400, "ValidationException", "Invocation of model ID x with on-demand throughput isn't supported.", AttemptOutcome.Rejected, 404, "model_not_found", true)]
    [InlineData(400, "ServiceQuotaExceededException", "Quota", AttemptOutcome.RateLimited, 429, "upstream_rate_limited", true)]
    [InlineData(400, "ExpiredTokenException", "expired", AttemptOutcome.CredentialsRefused, 502, "upstream_credentials", true)]
    [InlineData(401, "", "no", AttemptOutcome.CredentialsRefused, 502, "upstream_credentials", true)]
    [InlineData(403, "AccessDeniedException", "You don't have access to the model with the specified model ID.", AttemptOutcome.Rejected, 404, "model_not_found", true)]
    [InlineData(403, "AccessDeniedException", "User is not authorized to perform: bedrock:InvokeModel", AttemptOutcome.CredentialsRefused, 502, "upstream_credentials", true)]
    [InlineData(403, "UnrecognizedClientException", "The security token is invalid.", AttemptOutcome.CredentialsRefused, 502, "upstream_credentials", true)]
    [InlineData(404, "ResourceNotFoundException", "gone", AttemptOutcome.Rejected, 404, "model_not_found", true)]
    [InlineData(408, "ModelTimeoutException", "slow", AttemptOutcome.ServerError, 504, "upstream_timeout", true)]
    [InlineData(413, "", "big", AttemptOutcome.Rejected, 413, "request_too_large", false)]
    [InlineData(424, "ModelErrorException", "broken", AttemptOutcome.ServerError, 502, "upstream_failed", true)]
    [InlineData(429, "ThrottlingException", "Too many requests", AttemptOutcome.RateLimited, 429, "upstream_rate_limited", true)]
    [InlineData(429, "ModelNotReadyException", "wait", AttemptOutcome.ServerError, 503, "upstream_overloaded", true)]
    [InlineData(500, "InternalServerException", "oh", AttemptOutcome.ServerError, 502, "upstream_failed", true)]
    [InlineData(503, "ServiceUnavailableException", "busy", AttemptOutcome.ServerError, 503, "upstream_overloaded", true)]
    public void Exception_ByItsName_IsMapped(int status, string name, string message, AttemptOutcome outcome, int shown, string code, bool tryAnother)
    {
        // The name is told by a header, with an address behind it, or in the body, with a namespace before it.
        foreach (var inHeader in (bool[])[true, false])
        {
            var error = Read(status, inHeader ? name + ":http://internal.amazon.com/coral/com.amazon.bedrock/" : null, inHeader ? null : "com.amazon.coral#" + name, message);

            Assert.Equal((outcome, shown, code, tryAnother), (error.Outcome, error.Refusal.Status, error.Refusal.Code, error.TryAnother));
        }
    }

    [Fact]
    public void ModelError_OfARequestTheModelRefused_IsTheClients()
    {
        using var response = new HttpResponseMessage((HttpStatusCode)424);
        var error = BedrockCase.Adapter.ReadError(424, response.Headers, """{"message":"prompt is too long","originalStatusCode":400}"""u8);

        Assert.Equal((AttemptOutcome.Rejected, "context_length_exceeded", true), (error.Outcome, error.Refusal.Code, error.TryAnother));
    }

    [Fact]
    public void Throttling_WithAdvice_PassesItOn()
    {
        using var response = new HttpResponseMessage((HttpStatusCode)429);
        response.Headers.TryAddWithoutValidation("retry-after", "7");
        var error = BedrockCase.Adapter.ReadError(429, response.Headers, "{}"u8);

        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)), (error.RetryAfter, error.Refusal.RetryAfter));
    }

    [Fact]
    public void Message_WithAnAddressOrAnAccount_IsCleaned() => Assert.Equal(
        "Bad call of *** from ***",
        Read(400, "ValidationException", null, "Bad call of arn:aws:bedrock:us-east-1:123456789012:inference-profile/x from 10.0.0.1").Refusal.Message);

    [Theory]
    [InlineData("<html>")]
    [InlineData("[1]")]
    [InlineData("{\"message\":7}")]
    public void Body_ThatIsNoError_LeavesTheStatusToTell(string body)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)503);
        var error = BedrockCase.Adapter.ReadError(503, response.Headers, Encoding.UTF8.GetBytes(body));

        Assert.Equal("upstream_overloaded", error.Refusal.Code);
    }

    private static UpstreamError Read(int status, string? header, string? type, string message)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        if (header is not null)
        {
            response.Headers.TryAddWithoutValidation("x-amzn-errortype", header);
        }

        var body = new System.Text.Json.Nodes.JsonObject { ["__type"] = type, ["message"] = message };
        return BedrockCase.Adapter.ReadError(status, response.Headers, Encoding.UTF8.GetBytes(body.ToJsonString()));
    }
}
