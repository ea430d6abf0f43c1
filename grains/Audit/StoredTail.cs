using ProxyCluster.Core.Audit;

namespace ProxyCluster.Grains.Audit;

/// <summary>Reads from the newest segment where the log goes on.</summary>
internal static class StoredTail
{
    /// <summary>The log's end.</summary>
    /// <param name="store">Loaded.</param>
    /// <param name="isDamaged">
    /// Whether the end cannot be read. The log then goes on with the next segment, so that nothing is overwritten, and whoever
    /// verifies it is told where it broke.
    /// </param>
    public static AuditTail Of(AuditStore store, out bool isDamaged)
    {
        var lines = store.Newest.Lines;
        isDamaged = false;
        if (lines is [] && store.Last == 0)
        {
            return AuditTail.Empty;
        }

        if (lines is [.., var last]
            && AuditLine.TrySplit(last, out _, out var hash)
            && AuditLine.Read(last) is { } record
            && record.Seq == AuditLogs.FirstOf(store.Last) + lines.Length - 1)
        {
            return new(record.Seq, hash, record.At);
        }

        isDamaged = true;
        return AuditTail.Empty with { Seq = AuditLogs.FirstOf(store.Last + 1) - 1 };
    }
}
