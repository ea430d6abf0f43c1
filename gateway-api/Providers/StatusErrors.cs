using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>What an error status means, for providers whose bodies tell no more than a message.</summary>
internal static class StatusErrors
{
    // Not in any standard: Cohere's "invalid token", and nginx's "client closed request".
    private const int InvalidToken = 498;
    private const int ClientClosedRequest = 499;

    /// <param name="status">The provider's status.</param>
    /// <param name="message">What it said; <see langword="null"/>: nothing.</param>
    /// <param name="retryAfter">Its advice; <see langword="null"/>: none.</param>
    public static UpstreamError Of(int status, string? message, TimeSpan? retryAfter) => status switch
    {
        401 or 402 or 403 or InvalidToken => new(AttemptOutcome.CredentialsRefused, Refusals.UpstreamCredentials(), true, null),
        404 => new(AttemptOutcome.Rejected, UnknownModel(), true, null),
        408 or 504 => new(AttemptOutcome.ServerError, Refusals.UpstreamTimeout(), true, retryAfter),
        413 => Rejected(new Refusal(413, "invalid_request_error", "request_too_large", "The request is larger than the provider takes.")),
        429 => new(AttemptOutcome.RateLimited, Refusals.UpstreamRateLimited(retryAfter), true, retryAfter),
        503 => new(AttemptOutcome.ServerError, Overloaded(retryAfter), true, retryAfter),
        409 or 425 or ClientClosedRequest or >= 500 => new(AttemptOutcome.ServerError, Refusals.UpstreamFailed(status), true, retryAfter),
        >= 400 => Rejected(new Refusal(400, "invalid_request_error", CodeOf(message), UpstreamText.Clean(message, "The provider rejected the request."))),
        _ => new(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), true, null),
    };

    /// <summary>Reads a member of an error's body; <see langword="null"/>: there is no such text.</summary>
    public static string? TextOf(ReadOnlySpan<byte> body, string member)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.GetText(member);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static UpstreamError Rejected(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, null);

    private static Refusal UnknownModel() =>
        new(404, "invalid_request_error", "model_not_found", "The provider does not know the model.") { Param = "model" };

    private static Refusal Overloaded(TimeSpan? retryAfter) =>
        new(503, "overloaded_error", "upstream_overloaded", "The provider is overloaded.") { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) };

    private static string CodeOf(string? message) =>
        message is not null
        && (message.Contains("too many tokens", StringComparison.OrdinalIgnoreCase)
            || message.Contains("context length", StringComparison.OrdinalIgnoreCase)
            || message.Contains("context window", StringComparison.OrdinalIgnoreCase)
            || message.Contains("context size", StringComparison.OrdinalIgnoreCase))
            ? "context_length_exceeded"
            : "upstream_rejected";
}
