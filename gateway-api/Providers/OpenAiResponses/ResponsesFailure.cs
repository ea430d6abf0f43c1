using System.Globalization;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>What failures mean that come with status 200: the events <c>error</c> and <c>response.failed</c>.</summary>
internal static class ResponsesFailure
{
    private const string Fallback = "The provider rejected the request.";

    /// <summary>Reads the whole event.</summary>
    public static UpstreamError Read(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;

            // OpenAI documents the members in the event itself; it and others send them in an object of their own.
            var told = root.TryGetValue("response", out var response) && response.TryGetValue("error", out var failure) ? failure
                : root.TryGetValue("error", out var error) ? error
                : root;
            return Map(told.GetText("code") ?? told.GetText("type"), told.GetText("message"), told.GetText("param"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Failed(500);
        }
    }

    private static UpstreamError Map(string? code, string? message, string? param) => code switch
    {
        "rate_limit_exceeded" or "rate_limit_error" or "insufficient_quota" or "429" =>
            new(AttemptOutcome.RateLimited, Refusals.UpstreamRateLimited(null), true, null),
        "context_length_exceeded" or "invalid_request_error" or "invalid_prompt" or "invalid_image" or "image_too_large" or "image_parse_error"
            or "unsupported_image_media_type" or "invalid_image_url" or "image_content_policy_violation" or "400" =>
            new(AttemptOutcome.Rejected, Rejected(code, message, param), false, null),
        _ => Failed(int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 500 and <= 599 ? status : 500),
    };

    private static UpstreamError Failed(int status) => new(AttemptOutcome.ServerError, Refusals.UpstreamFailed(status), true, null);

    private static Refusal Rejected(string code, string? message, string? param) =>
        new(400, "invalid_request_error", code is "400" or "invalid_request_error" ? "upstream_rejected" : code, UpstreamText.Clean(message, Fallback))
        {
            Param = param is { Length: > 0 and <= 128 } && !param.AsSpan().ContainsAnyExcept(UpstreamText.WordCharacters) ? param : null,
        };
}
