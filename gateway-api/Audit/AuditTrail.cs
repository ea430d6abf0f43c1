using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>Writes what callers do on the admin plane into the region's log of actions.</summary>
internal sealed class AuditTrail(
    IGrainFactory grains,
    AuditReporter reporter,
    SecurityEvents events,
    RequestIds ids,
    GatewayIdentity identity,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock)
{
    // Refusals by actor and action, to tell the first of each from its repetitions: bounded, as the events themselves are.
    private readonly SecurityEventBook _refusals = new();

    /// <summary>What is known of a call before it is carried out.</summary>
    public AuditEntry Describe(HttpContext context, Caller caller) => new()
    {
        HappenedAt = clock.GetUtcNow(),
        Actor = caller.Subject,
        Authentication = AuthenticationOf(caller),
        Address = ClientAddress.Of(context),
        Action = ActionOf(context),
        Object = ObjectOf(context),
        RequestId = ids.For(context.Request),
        Outcome = AuditOutcome.Intent,
        Process = identity.Name,
    };

    /// <summary>Writes an entry and waits until it is stored.</summary>
    /// <returns>The record's number.</returns>
    /// <exception cref="Exception">As <see cref="ClusterSilence"/> tells: the log or its store does not answer.</exception>
    public Task<long> WriteAsync(AuditEntry entry) =>
        grains.GetGrain<IAuditGrain>(AuditLogs.Of(options.CurrentValue.Region, AuditLogs.Actions)).RecordAsync(entry).Within(clock, CancellationToken.None);

    /// <summary>An action has come to its end. A change of keys is a security event as well.</summary>
    public void Ended(AuditEntry entry)
    {
        if (entry.Outcome == AuditOutcome.Done && entry.Action.StartsWith("keys.", StringComparison.Ordinal))
        {
            events.Record(SecurityEventType.KeyChanged, entry.Actor, entry.Address, $"{entry.Action} {entry.Object}");
        }
    }

    /// <summary>Writes an entry that nobody waits for. It is kept until it is stored.</summary>
    public void Add(AuditEntry entry) => reporter.Add(entry);

    /// <summary>
    /// A caller was refused what it may not do. Of many such refusals within ten seconds the log of actions has the first;
    /// how many there were the security event <c>permission_denied</c> tells.
    /// </summary>
    public void Refused(HttpContext context, Caller caller, string code)
    {
        var entry = Describe(context, caller);
        if (IsFirst(entry))
        {
            reporter.Add(entry with { Outcome = AuditOutcome.RefusedWith(code) });
        }
    }

    private bool IsFirst(AuditEntry entry)
    {
        lock (_refusals)
        {
            _refusals.TakeDue(entry.HappenedAt);
            return _refusals.Note(SecurityEventType.PermissionDenied, entry.Actor, entry.Action, "", entry.HappenedAt);
        }
    }

    private static string AuthenticationOf(Caller caller) =>
        ReferenceEquals(caller, Caller.Local) ? "open" : caller.Subject.StartsWith("key:", StringComparison.Ordinal) ? "api_key" : "token";

    private static string ActionOf(HttpContext context) => AuditAction.NameOf(
        context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "");

    private static string? ObjectOf(HttpContext context) =>
        context.Request.RouteValues.Count == 0 ? null : string.Join('/', context.Request.RouteValues.Values);
}
