using System.Diagnostics.Metrics;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>Security events of this gateway, and what becomes of its entries for the audit logs.</summary>
internal sealed class SecurityEventMetrics
{
    private readonly Counter<long> _events;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _unanswered;
    private readonly Counter<long> _anchors;

    public SecurityEventMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ProxyCluster.Audit");
        _events = meter.CreateCounter<long>("proxycluster.audit.security_events", "{event}", "Security events, by type");
        _lost = meter.CreateCounter<long>("proxycluster.audit.lost", "{entry}", "Entries lost because the cluster was away for too long, by log");
        _unanswered = meter.CreateCounter<long>("proxycluster.audit.unanswered", "{batch}", "Batches of entries that are sent again, by log");
        _anchors = meter.CreateCounter<long>("proxycluster.audit.anchors", "{anchor}", "Anchors, by where they were put and what came of it");
    }

    /// <summary>An event happened.</summary>
    public void Recorded(SecurityEventType type) => _events.Add(1, new KeyValuePair<string, object?>("type", SecurityEventTypes.NameOf(type)));

    /// <summary>An entry was lost.</summary>
    public void Lost(string log) => _lost.Add(1, new KeyValuePair<string, object?>("log", log));

    /// <summary>A batch was not acknowledged.</summary>
    public void Unanswered(string log) => _unanswered.Add(1, new KeyValuePair<string, object?>("log", log));

    /// <summary>An anchor was put somewhere, or not.</summary>
    public void Anchored(string place, bool isDone) => _anchors.Add(
        1, new KeyValuePair<string, object?>("place", place), new KeyValuePair<string, object?>("outcome", isDone ? "done" : "failed"));
}
