using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>What became of the usage that this gateway gathered.</summary>
internal sealed class UsageMetrics
{
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _batches;

    /// <summary>Makes the instruments.</summary>
    public UsageMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ProxyCluster.Usage");
        _dropped = meter.CreateCounter<long>("proxycluster.usage.dropped", "{request}", "Requests missing from the usage ledger, because too much waited to be stored");
        _batches = meter.CreateCounter<long>("proxycluster.usage.batches", "{batch}", "Batches of usage sent to ledgers, by what came of them");
    }

    public void Dropped(long requests) => _dropped.Add(requests);

    public void Stored() => _batches.Add(1, new KeyValuePair<string, object?>("outcome", "stored"));

    public void Unanswered() => _batches.Add(1, new KeyValuePair<string, object?>("outcome", "unanswered"));
}
