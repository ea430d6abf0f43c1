using System.Globalization;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>
/// Entries of this process that the log does not have yet. They are kept until they are acknowledged, under numbers of
/// their own, so that each is counted once; when too many wait, the newest are lost, and the log is told how many.
/// </summary>
internal sealed class AuditOutbox(Guid gateway)
{
    /// <summary>Entries that wait at most.</summary>
    public const int Capacity = 4096;

    /// <summary>Entries of one batch.</summary>
    public const int LargestBatch = 256;

    private readonly Lock _lock = new();
    private readonly LinkedList<AuditEntry> _waiting = new();
    private long _first = 1;
    private AuditBatch? _told;
    private long _lost;

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes an entry in.</summary>
    /// <returns><see langword="false"/>: too many wait already; it is lost.</returns>
    public bool Add(AuditEntry entry)
    {
        lock (_lock)
        {
            if (_waiting.Count >= Capacity)
            {
                _lost++;
                return false;
            }

            _waiting.AddLast(entry);
            return true;
        }
    }

    /// <summary>The next batch, or the last one again; <see langword="null"/>: nothing waits. For one sender at a time.</summary>
    /// <param name="now">UTC.</param>
    public AuditBatch? Next(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_told is not null || _waiting.Count == 0)
            {
                return _told;
            }

            if (_lost > 0)
            {
                _waiting.AddLast(Lost(_lost, now));
                _lost = 0;
            }

            return _told = new(gateway, _first, [.. _waiting.Take(LargestBatch)]);
        }
    }

    /// <summary>The last batch is in the log. For the sender.</summary>
    public void Acknowledge()
    {
        lock (_lock)
        {
            var told = _told?.Entries.Length ?? 0;
            for (var i = 0; i < told; i++)
            {
                _waiting.RemoveFirst();
            }

            _first += told;
            _told = null;
        }
    }

    private static AuditEntry Lost(long count, DateTimeOffset now) => new()
    {
        HappenedAt = now,
        Actor = "system",
        Action = AuditActions.Lost,
        Outcome = AuditOutcome.Done,
        Count = count,
        Detail = string.Create(CultureInfo.InvariantCulture, $"{count} entries were lost: the cluster was away for too long"),
    };
}
