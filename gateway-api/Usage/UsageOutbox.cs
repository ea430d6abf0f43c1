using System.Collections.Immutable;
using ProxyCluster.Core.Usage;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>What one ledger is still to be told. A batch stays the next one until it is acknowledged, under the same sequence. One user at a time.</summary>
internal sealed class UsageOutbox
{
    private const int LargestBatch = 512;
    private const int MostRows = 20_000;

    private readonly Dictionary<UsageKey, UsageTotals> _waiting = [];
    private UsageBatch? _sent;
    private long _sequence;

    /// <summary>Whether everything was acknowledged.</summary>
    public bool IsEmpty => _sent is null && _waiting.Count == 0;

    /// <summary>Adds to a row.</summary>
    /// <returns><see langword="false"/>: too many rows wait already.</returns>
    public bool Add(in UsageKey key, in UsageTotals totals)
    {
        if (_waiting.Count >= MostRows && !_waiting.ContainsKey(key))
        {
            return false;
        }

        _waiting[key] = _waiting.GetValueOrDefault(key) + totals;
        return true;
    }

    /// <summary>The next batch, or the last one again; <see langword="null"/>: there is nothing to tell.</summary>
    public UsageBatch? Next(Guid gateway)
    {
        if (_sent is null && _waiting.Count > 0)
        {
            var rows = _waiting.Take(LargestBatch).Select(static row => new UsageRow(row.Key, row.Value)).ToImmutableArray();
            foreach (var row in rows)
            {
                _waiting.Remove(row.Key);
            }

            _sent = new UsageBatch(gateway, ++_sequence, rows);
        }

        return _sent;
    }

    /// <summary>The last batch arrived.</summary>
    public void Acknowledge() => _sent = null;
}
