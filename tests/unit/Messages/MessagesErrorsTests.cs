using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Messages;

namespace ProxyCluster.Tests.Unit.Messages;

public sealed class MessagesErrorsTests
{
    [Theory]
    [InlineData(400, 400, "invalid_request_error")]
    [InlineData(401, 401, "authentication_error")]
    [InlineData(402, 402, "billing_error")]
    [InlineData(403, 403, "permission_error")]
    [InlineData(404, 404, "not_found_error")]
    [InlineData(405, 405, "invalid_request_error")]
    [InlineData(408, 408, "timeout_error")]
    [InlineData(409, 409, "invalid_request_error")]
    [InlineData(413, 413, "request_too_large")]
    [InlineData(415, 415, "invalid_request_error")]
    [InlineData(429, 429, "rate_limit_error")]
    [InlineData(500, 500, "api_error")]
    [InlineData(502, 502, "api_error")]
    [InlineData(503, 529, "overloaded_error")]
    [InlineData(504, 504, "timeout_error")]
    public void Refusal_OfEachStatus_HasAnthropicsTypeAndStatus(int status, int expectedStatus, string type)
    {
        var refusal = new Refusal(status, "some_error", "some_code", "Say \"why\".");
        var output = new ArrayBufferWriter<byte>();

        MessagesDialect.Instance.WriteError(refusal, "req-1", output);

        Assert.Equal(expectedStatus, MessagesDialect.Instance.StatusOf(refusal));
        MessagesCase.AssertJson(
            $$"""{"type":"error","error":{"type":"{{type}}","message":"Say \"why\"."},"request_id":"req-1"}""",
            JsonNode.Parse(output.WrittenSpan));
    }

    [Fact]
    public void Refusal_OfAThread_HasTheDetailsThatClientsGoOnWithoutOneAt()
    {
        var output = new ArrayBufferWriter<byte>();

        MessagesDialect.Instance.WriteError(Refusals.ThreadUnsupported(), "req-1", output);

        var error = JsonNode.Parse(output.WrittenSpan)!["error"]!;
        Assert.Equal("invalid_request_error", (string?)error["type"]);
        MessagesCase.AssertJson("""{"error_code":"thread_unsupported_request","unsupported":["thread"]}""", error["details"]);
    }

    [Fact]
    public void StreamError_IsAnEventOfItsOwn()
    {
        var output = new ArrayBufferWriter<byte>();

        MessagesDialect.Instance.WriteStreamError(Refusals.StreamInterrupted(), "req-1", output);

        var told = Assert.Single(MessagesCase.Events(Encoding.UTF8.GetString(output.WrittenSpan)));
        Assert.Equal("api_error", (string?)told["error"]!["type"]);
    }
}
