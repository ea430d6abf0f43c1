using System.Diagnostics.Metrics;

namespace ProxyCluster.Grains.Audit;

/// <summary>What the audit logs of this silo took.</summary>
internal sealed class AuditMetrics
{
    private readonly Counter<long> _stored;
    private readonly Counter<long> _failed;

    public AuditMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ProxyCluster.Audit");
        _stored = meter.CreateCounter<long>("proxycluster.audit.records", "{record}", "Records stored, by log");
        _failed = meter.CreateCounter<long>("proxycluster.audit.store_failures", "{write}", "Writes that the store did not take, by log");
    }

    /// <summary>Records were stored.</summary>
    public void Stored(string log, int records) => _stored.Add(records, new KeyValuePair<string, object?>("log", log));

    /// <summary>A write failed.</summary>
    public void Failed(string log) => _failed.Add(1, new KeyValuePair<string, object?>("log", log));
}
