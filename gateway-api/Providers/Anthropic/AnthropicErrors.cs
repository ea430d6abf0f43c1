using System.Net.Http.Headers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>What Anthropic's errors mean: of an answer's status, or of an <c>error</c> event within a stream.</summary>
internal static class AnthropicErrors
{
    private const string Fallback = "The provider rejected the request.";

    /// <summary>Reads an answer with an error status.</summary>
    public static UpstreamError Read(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var (type, message) = ReadBody(body);
        return Map(status, type, message, RetryAdvice.Read(headers, now));
    }

    /// <summary>Reads an <c>error</c> event.</summary>
    public static UpstreamError FromEvent(string? type, string? message) => Map(StatusOf(type), type, message, null);

    private static UpstreamError Map(int status, string? type, string? message, TimeSpan? retryAfter) => status switch
    {
        // An account without credit is told as an invalid request.
        400 or 402 when type == "billing_error" || (message ?? "").Contains("credit balance", StringComparison.OrdinalIgnoreCase) =>
            new(AttemptOutcome.CredentialsRefused, Refusals.UpstreamCredentials(), true, null),
        400 when IsContextOverflow(message) => Rejected(new Refusal(400, "invalid_request_error", "context_length_exceeded", UpstreamText.Clean(message, Fallback)) { Param = "messages" }),
        400 or 422 => Rejected(new Refusal(400, "invalid_request_error", "upstream_rejected", UpstreamText.Clean(message, Fallback))),
        401 or 403 => new(AttemptOutcome.CredentialsRefused, Refusals.UpstreamCredentials(), true, null),
        402 => new(AttemptOutcome.CredentialsRefused, Refusals.UpstreamCredentials(), true, null),
        404 => new(AttemptOutcome.Rejected, new Refusal(404, "invalid_request_error", "model_not_found", "The provider does not know the model.") { Param = "model" }, true, null),
        408 or 504 => new(AttemptOutcome.ServerError, Refusals.UpstreamTimeout(), true, retryAfter),
        413 => Rejected(new Refusal(413, "invalid_request_error", "request_too_large", "The request is larger than the provider takes.")),
        429 => new(AttemptOutcome.RateLimited, Refusals.UpstreamRateLimited(retryAfter), true, retryAfter),
        503 or 529 => new(
            AttemptOutcome.ServerError,
            new Refusal(503, "overloaded_error", "upstream_overloaded", "The provider is overloaded.") { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) },
            true,
            retryAfter),
        >= 500 => new(AttemptOutcome.ServerError, Refusals.UpstreamFailed(status), true, retryAfter),
        409 or 425 => new(AttemptOutcome.ServerError, Refusals.UpstreamFailed(status), true, retryAfter),
        _ => Rejected(Refusals.UpstreamFailed(status)),
    };

    private static UpstreamError Rejected(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, null);

    private static int StatusOf(string? type) => type switch
    {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    };

    private static bool IsContextOverflow(string? message) =>
        message is not null
        && (message.Contains("prompt is too long", StringComparison.OrdinalIgnoreCase)
            || message.Contains("exceed context limit", StringComparison.OrdinalIgnoreCase)
            || message.Contains("context window", StringComparison.OrdinalIgnoreCase));

    private static (string? Type, string? Message) ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.TryGetValue("error", out var error) ? (error.GetText("type"), error.GetText("message")) : default;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }
    }
}
