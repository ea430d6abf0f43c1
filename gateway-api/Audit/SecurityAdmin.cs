using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>
/// Security events and what they add up to. They are the cluster's; while that does not answer they are this gateway's own,
/// and the answer says so.
/// </summary>
internal sealed class SecurityAdmin(
    IGrainFactory grains, SecurityEvents own, KeyTable keys, IOptionsMonitor<ProxyClusterOptions> options, TimeProvider clock)
{
    private const string Cluster = "cluster";
    private const string ThisGateway = "this_gateway";

    /// <summary><c>GET security/events</c>: the oldest first.</summary>
    public async Task<IResult> EventsAsync(HttpContext context)
    {
        var (page, problem) = ListPage.Read(context.Request);
        var after = 0L;
        if (problem is null && page.After is { } text && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            problem = Problem.InvalidParameter("'after' must be the id of an event.");
        }

        var type = default(SecurityEventType);
        var name = context.Request.Query["type"].ToString();
        if (problem is null && name.Length > 0 && !SecurityEventTypes.TryRead(name, out type))
        {
            problem = Problem.InvalidParameter($"'type' must be one of: {string.Join(", ", SecurityEventTypes.Names.Order(StringComparer.Ordinal))}.");
        }

        if (problem is not null)
        {
            return problem;
        }

        var (source, events) = await LatestAsync(context.RequestAborted);
        var items = events.Where(e => e.Seq > after && (name.Length == 0 || e.Type == type)).Take(page.Limit + 1).ToList();
        var next = items.Count > page.Limit ? items[page.Limit - 1].Seq.ToString(CultureInfo.InvariantCulture) : null;
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            json.WriteString("source"u8, source);
            json.WriteStartArray("data"u8);
            foreach (var item in items.Take(page.Limit))
            {
                Write(json, item);
            }

            json.WriteEndArray();
            json.WriteString("next"u8, next);
            json.WriteEndObject();
        });
    }

    /// <summary><c>GET security/report</c>.</summary>
    public async Task<IResult> ReportAsync(HttpContext context)
    {
        var (source, events) = await LatestAsync(context.RequestAborted);
        var now = clock.GetUtcNow();
        var limited = await LimitedSubjects.FindAsync(grains, events, clock, context.RequestAborted);
        var counts = KeyCensus.Of(keys, clock);
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            json.WriteMoment("at", now);
            json.WriteString("source"u8, source);
            WriteSuspicions(json, SuspicionRules.Apply(events, now));
            WriteLimited(json, limited);
            json.WriteStartObject("keys"u8);
            json.WriteNumber("active"u8, counts.Active);
            json.WriteNumber("expired"u8, counts.Expired);
            json.WriteNumber("revoked"u8, counts.Revoked);
            json.WriteEndObject();
            json.WriteStartObject("events"u8);
            foreach (var type in Enum.GetValues<SecurityEventType>())
            {
                json.WriteNumber(SecurityEventTypes.NameOf(type), events.Where(e => e.Type == type && e.Until > now - SuspicionRules.Window).Sum(e => e.Count));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private async Task<(string Source, IReadOnlyList<SecurityEvent> Events)> LatestAsync(CancellationToken cancellationToken)
    {
        try
        {
            var grain = grains.GetGrain<IAuditGrain>(AuditLogs.Of(options.CurrentValue.Region, AuditLogs.Events));
            var lines = await grain.EventsAsync().Within(clock, cancellationToken);
            return (Cluster, [.. lines.Select(AuditLine.Read).Select(record => record is null ? null : SecurityEvent.From(record)).OfType<SecurityEvent>()]);
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            return (ThisGateway, own.Latest());
        }
    }

    private static void Write(Utf8JsonWriter json, SecurityEvent item)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, item.Seq.ToString(CultureInfo.InvariantCulture));
        json.WriteString("type"u8, SecurityEventTypes.NameOf(item.Type));
        json.WriteMoment("at", item.At);
        json.WriteMoment("until", item.Until);
        json.WriteNumber("count"u8, item.Count);
        json.WriteString("subject"u8, item.Subject);
        json.WriteString("address"u8, item.Address);
        json.WriteString("detail"u8, item.Detail);
        json.WriteEndObject();
    }

    private static void WriteSuspicions(Utf8JsonWriter json, IReadOnlyList<Suspicion> suspicions)
    {
        json.WriteNumber("windowMinutes"u8, SuspicionRules.Window.TotalMinutes);
        json.WriteStartArray("suspicious"u8);
        foreach (var suspicion in suspicions)
        {
            json.WriteStartObject();
            json.WriteString("rule"u8, suspicion.Rule);
            json.WriteString("subject"u8, suspicion.Subject);
            json.WriteString("address"u8, suspicion.Address);
            json.WriteNumber("count"u8, suspicion.Count);
            json.WriteMoment("first", suspicion.First);
            json.WriteMoment("last", suspicion.Last);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLimited(Utf8JsonWriter json, IReadOnlyList<LimitedSubject> limited)
    {
        json.WriteStartArray("limited"u8);
        foreach (var subject in limited)
        {
            json.WriteStartObject();
            json.WriteString("subject"u8, subject.Subject);
            json.WriteNumber("refused"u8, subject.Refused);
            json.WriteMoment("last", subject.Last);
            json.WriteMoment("blockedUntil", subject.BlockedUntil);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
