namespace ProxyCluster.Core.Audit;

/// <summary>
/// The two logs of a region. They are apart so that a flood of events cannot push an action out: each has its own chain and
/// keeps for its own time.
/// </summary>
public static class AuditLogs
{
    /// <summary>What people and programs did: every admin action, refused and failed ones too.</summary>
    public const string Actions = "actions";

    /// <summary>Security events, floods added up.</summary>
    public const string Events = "events";

    /// <summary>Both names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Actions, Events];

    /// <summary>Records of one segment, which is one stored page. A record has at most <see cref="AuditLine.MostBytes"/> bytes.</summary>
    public const int SegmentRecords = 128;

    /// <summary>The full name of a log: the key of its grain, and a part of what is sealed.</summary>
    /// <param name="region">The region, as configured.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static string Of(string region, string name) => $"{region}/{name}";

    /// <summary>Whether a full name is that of the events.</summary>
    public static bool IsEvents(string log) => log.EndsWith("/" + Events, StringComparison.Ordinal);

    /// <summary>The segment of a record, from 0.</summary>
    public static long SegmentOf(long seq) => (seq - 1) / SegmentRecords;

    /// <summary>The first record of a segment.</summary>
    public static long FirstOf(long segment) => (segment * SegmentRecords) + 1;
}
