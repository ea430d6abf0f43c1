using System.Globalization;

namespace ProxyCluster.GatewayApi.Errors;

/// <summary>Every refusal of API.md's table, in one place: status, type and code follow from the name.</summary>
internal static class Refusals
{
    /// <summary>Code of <see cref="ThreadUnsupported"/>.</summary>
    public const string ThreadUnsupportedCode = "thread_unsupported_request";

    private const string InvalidRequest = "invalid_request_error";

    public static Refusal InvalidJson(string message) => new(400, InvalidRequest, "invalid_json", message);

    public static Refusal InvalidForm(string message) => new(400, InvalidRequest, "invalid_form", message);

    public static Refusal MissingField(string field) =>
        new(400, InvalidRequest, "missing_field", $"The field '{field}' is required.") { Param = field };

    public static Refusal InvalidValue(string field, string message) =>
        new(400, InvalidRequest, "invalid_value", message) { Param = field };

    public static Refusal UnsupportedParameter(string field, string message) =>
        new(400, InvalidRequest, "unsupported_parameter", message) { Param = field };

    public static Refusal ContentFilter(string message) =>
        new(400, InvalidRequest, "content_filter", message) { RetryIsPointless = true };

    /// <summary>Anthropic's own code: its clients then go on without a thread, with the whole conversation in each request.</summary>
    public static Refusal ThreadUnsupported() =>
        new(400, InvalidRequest, ThreadUnsupportedCode, "Threads that a provider keeps are not offered: send the whole conversation.") { Param = "thread" };

    public static Refusal CapabilityNotSupported(string model, string capability) =>
        new(400, InvalidRequest, "capability_not_supported", $"No provider of the model '{model}' supports {capability}.") { Param = "model" };

    public static Refusal UnknownStrategy(string strategy) =>
        new(400, InvalidRequest, "unknown_strategy", $"There is no strategy '{strategy}'.");

    public static Refusal BudgetTooSmall(string field, int budget, int least, bool isGuessed) => new(
        400,
        InvalidRequest,
        "budget_too_small",
        string.Create(CultureInfo.InvariantCulture, $"What must stay whole of the conversation takes more than {budget} tokens: it needs at least {least}{(isGuessed ? ", with an estimate for images, files and the marks around calls" : "")}."))
    {
        Param = field,
    };

    public static Refusal ContextLengthExceeded(string field, string message) =>
        new(400, InvalidRequest, "context_length_exceeded", message) { Param = field };

    public static Refusal CondensationFailed() =>
        new(400, InvalidRequest, "condensation_failed", "The conversation could not be condensed. The request id finds it in the log.") { RetryIsPointless = true };

    public static Refusal CondensationTimeout() =>
        new(504, "timeout_error", "condensation_timeout", "The conversation could not be condensed in time. Send less of it.") { RetryIsPointless = true };

    public static Refusal InvalidKey() =>
        new(401, "authentication_error", "invalid_api_key", "The API key is missing or not valid. Send it as 'Authorization: Bearer <key>' or 'x-api-key: <key>'.");

    public static Refusal InvalidToken() =>
        new(401, "authentication_error", "invalid_token", "The token is not valid here.");

    public static Refusal TokenExpired() =>
        new(401, "authentication_error", "token_expired", "The token has expired. Get a new one.");

    public static Refusal KeyInQuery() =>
        new(401, "authentication_error", "invalid_api_key", "Keys are not taken in the address, which ends up in logs: replace this one. Send keys as 'Authorization: Bearer <key>' or 'x-api-key: <key>'.");

    public static Refusal IssuerUnreachable() =>
        new(503, "overloaded_error", "issuer_unreachable", "The keys of the token's issuer are not known now, so that the token cannot be checked.") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Refusal Suspended() =>
        new(403, "permission_error", "account_suspended", "The account of this credential is suspended.") { RetryIsPointless = true };

    public static Refusal ConflictingCredentials() =>
        new(401, "authentication_error", "invalid_api_key", "The request carries two different credentials. Send one.");

    public static Refusal KeysStale() =>
        new(503, "overloaded_error", "keys_stale", "This gateway has been cut off from its cluster for too long to check API keys.") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Refusal Forbidden(string message) => new(403, "permission_error", "insufficient_permissions", message);

    public static Refusal MissingPermission(string permission, string what = "This") =>
        Forbidden($"{what} takes the permission '{permission}', which this credential does not have.");

    public static Refusal ModelNotAllowed(string model) =>
        new(403, "permission_error", "model_not_allowed", $"The model '{model}' may not be used with this credential.") { Param = "model" };

    public static Refusal RegionNotAllowed(string model) =>
        new(403, "permission_error", "region_not_allowed", $"The model '{model}' is not served in a region that this credential may use.") { Param = "model" };

    public static Refusal ModelNotFound(string model) =>
        new(404, InvalidRequest, "model_not_found", $"The model '{model}' does not exist, or you may not use it.") { Param = "model" };

    public static Refusal UnknownUrl(string method, string path) =>
        new(404, InvalidRequest, "unknown_url", $"There is no route {method} {path}.");

    public static Refusal NotOffered(string what) =>
        new(404, InvalidRequest, "unknown_url", $"{what} are not offered by this gateway. Call the provider itself for them.");

    public static Refusal MethodNotAllowed(string method, string allow) =>
        new(405, InvalidRequest, "method_not_allowed", $"This route does not take {method}. It takes {allow}.") { Allow = allow };

    public static Refusal RequestTimeout() =>
        new(408, "timeout_error", "request_timeout", "The request's body did not arrive in time, or its deadline passed.");

    public static Refusal TooLarge(long limitBytes) =>
        new(413, InvalidRequest, "request_too_large", string.Create(CultureInfo.InvariantCulture, $"The request's body is larger than {limitBytes} bytes."));

    public static Refusal UnsupportedMediaType() =>
        new(415, InvalidRequest, "unsupported_media_type", "The request's body must be JSON: send 'Content-Type: application/json' and no 'Content-Encoding'.");

    public static Refusal FormExpected() =>
        new(415, InvalidRequest, "unsupported_media_type", "The request's body must be a form: send 'Content-Type: multipart/form-data' with a boundary and no 'Content-Encoding'.");

    public static Refusal Internal() => new(500, "server_error", "internal_error", "The gateway failed to handle the request. The request id finds it in the log.");

    public static Refusal HookFailed(bool isAnswer) =>
        new(500, "server_error", "hook_failed", $"A check of the {(isAnswer ? "answer" : "request")} failed, so that it is withheld. The request id finds it in the log.");

    public static Refusal HookTimeout(bool isAnswer) =>
        new(504, "timeout_error", "hook_timeout", $"A check of the {(isAnswer ? "answer" : "request")} took too long, so that it is withheld.");

    public static Refusal UpstreamInvalidResponse() =>
        new(502, "upstream_error", "upstream_invalid_response", "The provider's answer could not be understood.") { RetryIsPointless = true };

    public static Refusal UpstreamUnreachable() =>
        new(502, "upstream_error", "upstream_unreachable", "The provider could not be reached.") { RetryIsPointless = true };

    public static Refusal UpstreamForbidden() =>
        new(502, "upstream_error", "upstream_forbidden", "The provider's address is one that the gateway may not connect to. The operator must allow it.") { RetryIsPointless = true };

    public static Refusal UpstreamCredentials() =>
        new(502, "upstream_error", "upstream_credentials", "The provider refused the gateway's credentials. The operator must renew them.") { RetryIsPointless = true };

    public static Refusal UpstreamTimeout() =>
        new(504, "timeout_error", "upstream_timeout", "The provider did not answer in time.") { RetryIsPointless = true };

    public static Refusal UpstreamFailed(int upstreamStatus) =>
        new(502, "upstream_error", "upstream_failed", string.Create(CultureInfo.InvariantCulture, $"The provider failed with status {upstreamStatus}.")) { RetryIsPointless = true };

    public static Refusal UpstreamRateLimited(TimeSpan? retryAfter) =>
        new(429, "rate_limit_error", "upstream_rate_limited", "The provider's own rate limit is reached; this is not a limit of the gateway.") { RetryAfter = retryAfter };

    public static Refusal StreamInterrupted() =>
        new(502, "upstream_error", "upstream_stream_interrupted", "The provider's stream broke off before its end.");

    public static Refusal PreviousResponseNotFound() => new(
        400,
        InvalidRequest,
        "previous_response_not_found",
        "The previous response is not known: it is not yours, it has expired, or its provider keeps no responses. Send the conversation's items instead.")
    {
        Param = "previous_response_id",
    };

    public static Refusal ResponseMapSilent() =>
        new(503, "overloaded_error", "response_map_unavailable", "The cluster does not answer, so that the previous response cannot be found now.") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static Refusal NoHealthyProvider(string model) =>
        new(503, "overloaded_error", "no_healthy_provider", $"No provider of the model '{model}' can take the request now.") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static Refusal ProvidersBusy(string model) =>
        new(503, "overloaded_error", "providers_busy", $"Every provider of the model '{model}' has as many requests in flight as it may.") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static Refusal Shedding(TimeSpan retryAfter) =>
        new(503, "overloaded_error", "shedding", "The gateway is overloaded, and refuses requests of this priority.") { RetryAfter = retryAfter };
}
