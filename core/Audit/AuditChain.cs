using System.Collections.Immutable;

namespace ProxyCluster.Core.Audit;

/// <summary>The writing end of one log: gives each entry its number, its time and its hash.</summary>
/// <param name="log">The log's full name.</param>
/// <param name="keys">Seals.</param>
public sealed class AuditChain(string log, AuditKeys keys)
{
    /// <summary>The last record that is stored.</summary>
    public AuditTail Tail { get; private set; } = AuditTail.Empty;

    /// <summary>Goes on from what is stored.</summary>
    public void Resume(AuditTail tail) => Tail = tail;

    /// <summary>Says what to store. Nothing has changed until it is <see cref="Apply">applied</see>.</summary>
    /// <param name="entries">In their order.</param>
    /// <param name="now">UTC. A clock that went back does not take the log back with it.</param>
    public AuditAddition Plan(IReadOnlyList<AuditEntry> entries, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var tail = Tail;
        var at = now > tail.At ? Milliseconds(now) : tail.At;
        var lines = ImmutableArray.CreateBuilder<string>(entries.Count);
        foreach (var entry in entries)
        {
            var seq = tail.Seq + 1;
            var isFirst = AuditLogs.FirstOf(AuditLogs.SegmentOf(seq)) == seq;
            var canonical = AuditLine.WriteCanonical(log, new(seq, at, keys.CurrentId, isFirst ? tail.Hash : null, entry));
            var hash = keys.Hash(log, keys.CurrentId, at, tail.Hash, canonical)!;
            lines.Add(AuditLine.Seal(canonical, Convert.FromHexString(hash)));
            tail = new(seq, hash, at);
        }

        return new(lines.MoveToImmutable(), tail);
    }

    /// <summary>The addition is stored.</summary>
    public void Apply(AuditAddition addition)
    {
        ArgumentNullException.ThrowIfNull(addition);
        Tail = addition.Tail;
    }

    // What is hashed is what is written, and that has no smaller parts.
    private static DateTimeOffset Milliseconds(DateTimeOffset moment) =>
        new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}

/// <summary>Records to be stored.</summary>
/// <param name="Lines">One for each entry.</param>
/// <param name="Tail">The last of them.</param>
public sealed record AuditAddition(ImmutableArray<string> Lines, AuditTail Tail);
