using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>What Bedrock's exceptions mean: of an answer's status, or within a stream. Their names tell more than the status does.</summary>
internal static class BedrockErrors
{
    private static readonly Regex ResourceName = new(
        @"\barn:aws[\w-]*:[^\s,;'""]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);

    private const string Fallback = "The provider rejected the request.";
    private const string TypeHeader = "x-amzn-errortype";

    private static readonly string[] OverflowWords =
        ["too long", "context window", "context length", "maximum context", "too many input tokens", "exceeds the maximum number of tokens", "exceed context limit"];

    // Of the account or of the configuration, not of the request.
    private static readonly string[] ModelWords =
        ["model identifier is invalid", "on-demand throughput", "isn't supported in this region", "access to the model", "doesn't support converse", "does not support converse"];

    /// <summary>Reads an answer with an error status.</summary>
    public static UpstreamError Read(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var told = ReadBody(body);
        var named = headers.TryGetValues(TypeHeader, out var values) ? values.First() : told.Type;
        return Map(ShortName(named), status, told, RetryAdvice.Read(headers, now));
    }

    /// <summary>Reads an exception within a stream.</summary>
    /// <param name="name">For example <c>throttlingException</c>.</param>
    /// <param name="data">Its body.</param>
    public static UpstreamError FromException(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) =>
        Map(ShortName(Encoding.UTF8.GetString(name)), 500, ReadBody(data), null);

    /// <summary>The model wrote what Bedrock could not make into an answer.</summary>
    public static UpstreamError BrokenOutput() => new(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), true, null);

    private static UpstreamError Map(string name, int status, in Told told, TimeSpan? retryAfter) => name switch
    {
        "validation" => FromValidation(told.Message),
        "accessdenied" when Has(told.Message, ModelWords) => NotFound(),
        "accessdenied" or "unrecognizedclient" or "expiredtoken" or "invalidsignature" or "missingauthenticationtoken"
            or "incompletesignature" or "invalidclienttokenid" or "signaturedoesnotmatch" => Credentials(),
        "resourcenotfound" => NotFound(),
        "throttling" or "servicequotaexceeded" or "toomanyrequests" => RateLimited(retryAfter),
        "modelnotready" or "serviceunavailable" => Overloaded(retryAfter),
        "modeltimeout" => TimedOut(retryAfter),
        "modelerror" or "modelstreamerror" => FromModel(told, retryAfter),
        "internalserver" or "internalfailure" => Failed(500, retryAfter),
        _ => FromStatus(status, told, retryAfter),
    };

    private static UpstreamError FromStatus(int status, in Told told, TimeSpan? retryAfter) => status switch
    {
        401 or 402 or 403 => Credentials(),
        404 => NotFound(),
        408 or 504 => TimedOut(retryAfter),
        413 => Rejected(new Refusal(413, "invalid_request_error", "request_too_large", "The request is larger than the provider takes.")),
        424 => FromModel(told, retryAfter),
        429 => RateLimited(retryAfter),
        503 => Overloaded(retryAfter),
        >= 500 or 409 or 425 => Failed(status, retryAfter),
        >= 400 => FromValidation(told.Message),
        _ => BrokenOutput(),
    };

    private static UpstreamError FromValidation(string? message)
    {
        if (Has(message, ModelWords))
        {
            return NotFound();
        }

        // Names of resources tell the operator's account.
        var text = UpstreamText.Clean(message is null ? null : ResourceName.Replace(message, "***"), Fallback);
        return Has(message, OverflowWords)
            ? Rejected(new Refusal(400, "invalid_request_error", "context_length_exceeded", text) { Param = "messages" })
            : Rejected(new Refusal(400, "invalid_request_error", "upstream_rejected", text));
    }

    // The model's own server failed, or refused what Bedrock made of the request.
    private static UpstreamError FromModel(in Told told, TimeSpan? retryAfter) => told.OriginalStatus switch
    {
        408 or 504 => TimedOut(retryAfter),
        429 => RateLimited(retryAfter),
        >= 400 and < 500 => FromValidation(told.Message) with { TryAnother = true },
        _ => Failed(424, retryAfter),
    };

    private static UpstreamError Credentials() => new(AttemptOutcome.CredentialsRefused, Refusals.UpstreamCredentials(), true, null);

    private static UpstreamError NotFound() => new(
        AttemptOutcome.Rejected,
        new Refusal(404, "invalid_request_error", "model_not_found", "The provider does not know the model.") { Param = "model" },
        true,
        null);

    private static UpstreamError RateLimited(TimeSpan? retryAfter) =>
        new(AttemptOutcome.RateLimited, Refusals.UpstreamRateLimited(retryAfter), true, retryAfter);

    private static UpstreamError TimedOut(TimeSpan? retryAfter) => new(AttemptOutcome.ServerError, Refusals.UpstreamTimeout(), true, retryAfter);

    private static UpstreamError Failed(int status, TimeSpan? retryAfter) =>
        new(AttemptOutcome.ServerError, Refusals.UpstreamFailed(status), true, retryAfter);

    private static UpstreamError Overloaded(TimeSpan? retryAfter) => new(
        AttemptOutcome.ServerError,
        new Refusal(503, "overloaded_error", "upstream_overloaded", "The provider is overloaded.") { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) },
        true,
        retryAfter);

    private static UpstreamError Rejected(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, null);

    private static bool Has(string? message, string[] words) =>
        message is not null && words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    // com.amazon.coral.service#ThrottlingException and ThrottlingException:http://… are both in use.
    private static string ShortName(string? named)
    {
        var name = named ?? "";
        name = name[(name.LastIndexOf('#') + 1)..];
        name = name.Split(':', 2)[0].Trim().ToLowerInvariant();
        return name.EndsWith("exception", StringComparison.Ordinal) ? name[..^"exception".Length] : name;
    }

    private static Told ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return new Told(
                root.GetText("__type"), root.GetText("message") ?? root.GetText("Message"), (int)Math.Min(root.GetCount("originalStatusCode"), int.MaxValue));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    /// <param name="Type">The exception's name; <see langword="null"/>: not told.</param>
    /// <param name="Message">What is wrong; <see langword="null"/>: not told.</param>
    /// <param name="OriginalStatus">Of the model's own server; 0: not told.</param>
    private readonly record struct Told(string? Type, string? Message, int OriginalStatus);
}
