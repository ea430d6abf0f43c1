using System.Collections.Immutable;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.Grains.Audit;

/// <summary>The latest security events of each type, kept at hand: what is stored can be read again for them.</summary>
internal sealed class RecentEvents
{
    // A flood of one type may hide the others for as long: what is older is in the log itself.
    private const int SegmentsRead = 32;

    private readonly Dictionary<SecurityEventType, Queue<(long Seq, string Line)>> _events = [];

    /// <summary>Reads the newest segments of a log of events; of other logs none.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task LoadAsync(string log, AuditStore store)
    {
        if (!AuditLogs.IsEvents(log))
        {
            return;
        }

        _events.Clear();
        for (var segment = Math.Max(store.First, store.Last - SegmentsRead + 1); segment <= store.Last; segment++)
        {
            Add((await store.ReadAsync(segment))?.Lines ?? []);
        }
    }

    /// <summary>Takes in records that are stored; those of something else do not count.</summary>
    public void Add(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (AuditLine.Read(line) is not { } record || !SecurityEventTypes.TryReadAction(record.Entry.Action, out var type))
            {
                continue;
            }

            if (!_events.TryGetValue(type, out var events))
            {
                _events[type] = events = new();
            }

            if (events.Count == SecurityEventBook.KeptOfEachType)
            {
                events.Dequeue();
            }

            events.Enqueue((record.Seq, line));
        }
    }

    /// <summary>All of them, in their order.</summary>
    public ImmutableArray<string> Lines() => [.. _events.Values.SelectMany(events => events).OrderBy(e => e.Seq).Select(e => e.Line)];
}
