using System.Collections.Immutable;
using System.Globalization;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>A refusal of the admin plane, as RFC 9457 has it, with a <c>code</c> for programs.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">For programs: never changes.</param>
/// <param name="Title">For people: the same for each problem of the code.</param>
/// <param name="Detail">For people: about this one.</param>
internal sealed record Problem(int Status, string Code, string Title, string Detail) : IResult
{
    /// <summary>Faults of the body, one by one.</summary>
    public ImmutableArray<AdminFault> Errors { get; init; } = [];

    /// <summary>How long to stay away; <see langword="null"/>: no advice.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Problem InvalidBody(IEnumerable<AdminFault> faults) =>
        new(400, "invalid_body", "Invalid body", "The body has faults; each is named in 'errors'.") { Errors = [.. faults] };

    public static Problem InvalidJson(string detail) => new(400, "invalid_json", "Invalid JSON", detail);

    public static Problem InvalidParameter(string detail) => new(400, "invalid_parameter", "Invalid parameter", detail);

    public static Problem NotFound(string what) => new(404, "not_found", "Not found", $"There is no {what}.");

    public static Problem Exists(string what) => new(409, "already_exists", "Already exists", $"There is a {what} already.");

    public static Problem ExceedsMaker(IEnumerable<string> fields) => new(
        403, "exceeds_maker", "Beyond your own rights", "A key can have no more rights than who makes it, changes it, revokes it, gets its secret, or changes the user or team that it belongs to.")
    { Errors = [.. fields.Select(static field => new AdminFault(field, "It goes beyond your own."))] };

    public static Problem OutOfScope(string detail) => new(403, "out_of_scope", "Forbidden", detail);

    public static Problem Akin() => OutOfScope(
        "What was taken from a key, user or team is given back by who took it, or by somebody who has nothing to do with it: not by itself, its makers, what those made, or its user's other keys.");

    public static Problem KeyEnded(string publicId) => new(
        409, "key_ended", "Key has ended", $"The key '{publicId}' is revoked or has expired: make another one.");

    public static Problem ManagedByFile(string name) => new(
        409, "managed_by_file", "Managed by the configuration file", $"The provider '{name}' is defined by the configuration file or the environment: change it there.");

    public static Problem VersionMoved() => new(
        412, "version_mismatch", "Version moved on", "If-Match names another version than the one in force: read it again.");

    public static Problem VersionMissing() => new(
        428, "version_required", "Version required", "Send If-Match with the ETag of the version you have read.");

    public static Problem TooLarge(int limitBytes) => new(
        413, "body_too_large", "Body too large", $"Bodies are limited to {limitBytes} bytes.");

    public static Problem NotJson() => new(
        415, "unsupported_media_type", "Unsupported media type", "The body must be JSON: send 'Content-Type: application/json' and no 'Content-Encoding'.");

    public static Problem Unavailable() => new(
        503, "cluster_unavailable", "Cluster unavailable", "The cluster or its store does not answer. Whether a change was stored is not known: read it again.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>What authentication says, in this plane's form.</summary>
    public static Problem From(Refusal refusal) => new(
        refusal.Status,
        refusal.Code ?? "refused",
        refusal.Status switch { 401 => "Unauthorized", 403 => "Forbidden", _ => "Refused" },
        refusal.Message)
    { RetryAfter = refusal.RetryAfter };

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (RetryAfter is { } wait)
        {
            headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (Status == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = "Bearer";
        }

        return AdminJson.WriteAsync(httpContext, Status, "application/problem+json", json =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "about:blank"u8);
            json.WriteString("title"u8, Title);
            json.WriteNumber("status"u8, Status);
            json.WriteString("detail"u8, KnownSecrets.OfProcess.Redact(Detail));
            json.WriteString("code"u8, Code);
            if (!Errors.IsEmpty)
            {
                json.WriteStartArray("errors"u8);
                foreach (var fault in Errors)
                {
                    json.WriteStartObject();
                    json.WriteString("path"u8, fault.Path);
                    json.WriteString("message"u8, KnownSecrets.OfProcess.Redact(fault.Message));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        });
    }
}
