using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>What Google's errors (<c>google.rpc.Status</c>) mean: of an answer's status, or of an event within a stream.</summary>
internal static class GeminiErrors
{
    private const string Fallback = "The provider rejected the request.";

    // Whose project it is, and its keys and tokens, are the operator's alone.
    private static readonly Regex Owner = new(
        @"\bprojects/[^/\s'""`]+|\bproject[ :]+[\w\-]+|\b(AIza|AQ\.|ya29\.)[\w\-.]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);

    private static readonly TimeSpan LongestAdvice = TimeSpan.FromDays(1);

    /// <summary>Reads an answer with an error status.</summary>
    public static UpstreamError Read(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var told = ReadBody(body);
        return Map(status, told, RetryAdvice.Read(headers, now) ?? told.RetryAfter);
    }

    /// <summary>Reads an event that is an error.</summary>
    public static UpstreamError FromEvent(ReadOnlySpan<byte> data)
    {
        var told = ReadBody(data);
        return Map(told.Code is >= 400 and <= 599 ? told.Code : 500, told, told.RetryAfter);
    }

    /// <summary>The model called a function in a way that could not be read.</summary>
    public static UpstreamError BrokenCall() => new(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), true, null);

    private static UpstreamError Map(int status, in Told told, TimeSpan? retryAfter) => status switch
    {
        // A key that is not valid, and a country or account that may not ask, are told as faults of the request.
        400 when told.Reason is "API_KEY_INVALID" or "API_KEY_EXPIRED" || told.Status == "FAILED_PRECONDITION" => CredentialsRefused(),
        400 when IsContextOverflow(told.Message) => Rejected(new Refusal(400, "invalid_request_error", "context_length_exceeded", Clean(told.Message)) { Param = "messages" }),
        400 or 422 => Rejected(new Refusal(400, "invalid_request_error", "upstream_rejected", Clean(told.Message))),
        401 or 402 or 403 => CredentialsRefused(),
        404 => new(AttemptOutcome.Rejected, new Refusal(404, "invalid_request_error", "model_not_found", "The provider does not know the model.") { Param = "model" }, true, null),
        408 or 504 => new(AttemptOutcome.ServerError, Refusals.UpstreamTimeout(), true, retryAfter),
        413 => Rejected(new Refusal(413, "invalid_request_error", "request_too_large", "The request is larger than the provider takes.")),
        429 => new(AttemptOutcome.RateLimited, Refusals.UpstreamRateLimited(retryAfter), true, retryAfter),
        503 => new(
            AttemptOutcome.ServerError,
            new Refusal(503, "overloaded_error", "upstream_overloaded", "The provider is overloaded.") { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) },
            true,
            retryAfter),
        >= 500 or 409 or 425 or 499 => new(AttemptOutcome.ServerError, Refusals.UpstreamFailed(status), true, retryAfter),
        _ => Rejected(Refusals.UpstreamFailed(status)),
    };

    private static UpstreamError CredentialsRefused() => new(AttemptOutcome.CredentialsRefused, Refusals.UpstreamCredentials(), true, null);

    private static UpstreamError Rejected(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, null);

    private static string Clean(string? message) => UpstreamText.Clean(message is null ? null : Owner.Replace(message, "***"), Fallback);

    private static bool IsContextOverflow(string? message) =>
        message is not null
        && message.Contains("token", StringComparison.OrdinalIgnoreCase)
        && (message.Contains("exceeds the maximum number of tokens", StringComparison.OrdinalIgnoreCase)
            || message.Contains("only supports up to", StringComparison.OrdinalIgnoreCase));

    private static Told ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;

            // Vertex AI answers a request for a stream with a list.
            var first = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? root[0] : root;
            return first.TryGetValue("error", out var error) ? ReadStatus(error) : default;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static Told ReadStatus(JsonElement error)
    {
        string? reason = null;
        TimeSpan? retryAfter = null;
        if (error.TryGetValue("details", out var details) && details.ValueKind == JsonValueKind.Array)
        {
            foreach (var detail in details.EnumerateArray())
            {
                reason ??= detail.GetText("reason");
                retryAfter ??= ReadDuration(detail.GetText("retryDelay"));
            }
        }

        return new Told((int)Math.Min(error.GetCount("code"), 999), error.GetText("status"), error.GetText("message"), reason, retryAfter);
    }

    // A google.protobuf.Duration in JSON: seconds with up to nine digits after the point, and an 's'.
    private static TimeSpan? ReadDuration(string? duration) =>
        duration is [.. var seconds, 's']
        && double.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
        && value <= LongestAdvice.TotalSeconds
            ? TimeSpan.FromSeconds(value)
            : null;

    private readonly record struct Told(int Code, string? Status, string? Message, string? Reason, TimeSpan? RetryAfter);
}
