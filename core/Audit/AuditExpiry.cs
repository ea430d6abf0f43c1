using System.Globalization;

namespace ProxyCluster.Core.Audit;

/// <summary>When the oldest segments of a log go, and the record that says so: a log that lost its beginning otherwise was cut.</summary>
public static class AuditExpiry
{
    /// <summary>The record's action.</summary>
    public const string Action = "audit.expire";

    /// <summary>Whether a log's oldest segment is to go.</summary>
    /// <param name="first">The oldest segment.</param>
    /// <param name="last">The newest one, which never goes.</param>
    /// <param name="lastWritten">When the oldest segment's last record was written.</param>
    /// <param name="now">UTC.</param>
    /// <param name="keep">How long records are kept.</param>
    /// <param name="mostRecords">How many are kept at most.</param>
    public static bool IsDue(long first, long last, DateTimeOffset lastWritten, DateTimeOffset now, TimeSpan keep, long mostRecords) =>
        first < last && (lastWritten < now - keep || (last - first) * AuditLogs.SegmentRecords >= Math.Max(mostRecords, AuditLogs.SegmentRecords));

    /// <summary>The record of an expiry.</summary>
    /// <param name="through">The last record that goes.</param>
    /// <param name="now">UTC.</param>
    public static AuditEntry Entry(long through, DateTimeOffset now) => new()
    {
        HappenedAt = now,
        Actor = "system",
        Action = Action,
        Outcome = AuditOutcome.Done,
        Object = through.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The last record that a record says has gone; <see langword="null"/>: it says none.</summary>
    public static long? ThroughOf(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return long.TryParse(entry.Object, NumberStyles.None, CultureInfo.InvariantCulture, out var through) ? through : null;
    }
}
