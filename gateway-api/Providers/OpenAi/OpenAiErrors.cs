using System.Net.Http.Headers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>What errors of servers in OpenAI's dialect mean: of an answer's status, or within a stream.</summary>
internal static class OpenAiErrors
{
    private const string Fallback = "The provider rejected the request.";

    /// <summary>Reads an answer with an error status.</summary>
    public static UpstreamError Read(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now) =>
        Map(status, ReadBody(body), RetryAdvice.Read(headers, now));

    /// <summary>Reads an error event of a stream.</summary>
    public static UpstreamError FromEvent(ReadOnlySpan<byte> data)
    {
        var told = ReadBody(data);
        return int.TryParse(told.Code, out var status) && status is >= 400 and <= 599
            ? Map(status, told, null)
            : new UpstreamError(AttemptOutcome.ServerError, Refusals.UpstreamFailed(500), true, null);
    }

    private static UpstreamError Map(int status, in Told told, TimeSpan? retryAfter) => status switch
    {
        401 or 402 or 403 => new(AttemptOutcome.CredentialsRefused, Refusals.UpstreamCredentials(), true, null),
        408 or 504 => new(AttemptOutcome.ServerError, Refusals.UpstreamTimeout(), true, retryAfter),
        429 => new(AttemptOutcome.RateLimited, Refusals.UpstreamRateLimited(retryAfter), true, retryAfter),
        >= 500 => new(AttemptOutcome.ServerError, Refusals.UpstreamFailed(status) with { RetryAfter = retryAfter }, true, retryAfter),
        409 or 425 => new(AttemptOutcome.ServerError, Refusals.UpstreamFailed(status), true, retryAfter),
        >= 400 => new(AttemptOutcome.Rejected, Rejected(status, told), false, null),
        _ => new(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), true, null),
    };

    private static Refusal Rejected(int status, in Told told) =>
        new(status, "invalid_request_error", told.Code ?? "upstream_rejected", UpstreamText.Clean(told.Message, Fallback))
        {
            Param = told.Param,
        };

    private static Told ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return default;
            }

            // {"error":{…}}, {"error":"…"}, {"object":"error","message":…} and {"detail":…} are all in use.
            if (root.TryGetProperty("error"u8, out var error))
            {
                return error.ValueKind == JsonValueKind.Object ? FromObject(error) : new Told(Text(error), null, null);
            }

            return root.TryGetProperty("detail"u8, out var detail) && detail.ValueKind == JsonValueKind.String
                ? new Told(detail.GetString(), null, null)
                : FromObject(root);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static Told FromObject(JsonElement error) => new(Member(error, "message"u8), Word(error, "code"u8), Word(error, "param"u8));

    private static string? Member(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) ? Text(value) : null;

    // A code or a field's name is passed on only if it looks like one.
    private static string? Word(JsonElement element, ReadOnlySpan<byte> name)
    {
        var word = Member(element, name);
        return word is { Length: > 0 and <= 128 } && !word.AsSpan().ContainsAnyExcept(UpstreamText.WordCharacters) ? word : null;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private readonly record struct Told(string? Message, string? Code, string? Param);
}
