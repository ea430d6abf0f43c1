using System.Collections.Immutable;
using ProxyCluster.Core.Audit;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.Grains.Audit;

/// <summary>Reads a part of a log from its store.</summary>
internal sealed class AuditReader(AuditStore store)
{
    /// <summary>Segments that one call looks through: a search for what is rare must not hold the store for long.</summary>
    internal const int MostSegments = 16;

    private const int MostRecords = 1000;

    /// <summary>Reads, the oldest first.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task<AuditPage> ReadAsync(AuditQuery query)
    {
        var limit = Math.Clamp(query.Limit, 1, MostRecords);
        var begin = Math.Max(store.First, AuditLogs.SegmentOf(Math.Max(0, query.After) + 1));
        if (query.From is { } from)
        {
            begin = await FindAsync(from, begin);
        }

        var found = ImmutableArray.CreateBuilder<string>();
        for (var segment = begin; segment <= store.Last; segment++)
        {
            if (segment - begin == MostSegments)
            {
                return new(found.ToImmutable(), AuditLogs.FirstOf(segment) - 1);
            }

            foreach (var line in (await store.ReadAsync(segment))?.Lines ?? [])
            {
                var record = AuditLine.Read(line);
                if (record?.At >= query.To)
                {
                    return new(found.ToImmutable(), 0);
                }

                if (record is null ? IsUnfiltered(query) : Fits(query, record))
                {
                    if (found.Count == limit)
                    {
                        return new(found.ToImmutable(), AuditLine.Read(found[^1])?.Seq ?? AuditLogs.FirstOf(segment));
                    }

                    found.Add(line);
                }
            }
        }

        return new(found.ToImmutable(), 0);
    }

    // Who verifies a log must see what is damaged too; who searches it asks for what can be read.
    private static bool IsUnfiltered(AuditQuery query) => query is { Actor: null, Action: null, From: null, To: null };

    private static bool Fits(AuditQuery query, AuditRecord record) =>
        record.Seq > query.After
        && (query.From is null || record.At >= query.From)
        && (query.Actor is null || record.Entry.Actor == query.Actor)
        && (query.Action is null || IsOf(query.Action, record.Entry.Action));

    private static bool IsOf(string asked, string action) =>
        asked.EndsWith('*') ? action.AsSpan().StartsWith(asked.AsSpan(0, asked.Length - 1), StringComparison.Ordinal) : asked == action;

    // The last segment that begins before a moment: records are in the order of time.
    private async Task<long> FindAsync(DateTimeOffset from, long lowest)
    {
        var (low, high) = (lowest, store.Last);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var first = await store.ReadAsync(middle) is { Lines: [var line, ..] } ? AuditLine.Read(line) : null;
            if (first is null || first.At >= from)
            {
                high = middle - 1;
            }
            else
            {
                low = middle;
            }
        }

        return low;
    }
}
