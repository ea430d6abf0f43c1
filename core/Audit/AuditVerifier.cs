namespace ProxyCluster.Core.Audit;

/// <summary>
/// The reading end of one log: takes its lines one after another and names the first record that is not what was written.
/// </summary>
/// <remarks>
/// A chain alone shows every change inside of it by someone without the secret. That records are missing at the end, and
/// what someone with the secret has written anew, only anchors show.
/// </remarks>
public sealed class AuditVerifier
{
    private readonly string _log;
    private readonly AuditKeys _keys;
    private readonly Queue<AuditAnchor> _anchors;
    private AuditTail? _tail;
    private long _first;
    private long _expiredThrough;
    private long _lastAnchored;

    /// <summary>Begins.</summary>
    /// <param name="log">The log's full name.</param>
    /// <param name="keys">The secrets it was sealed under.</param>
    /// <param name="anchors">What was said of it outside; those of other logs do not count.</param>
    public AuditVerifier(string log, AuditKeys keys, IEnumerable<AuditAnchor> anchors)
    {
        _log = log;
        _keys = keys;
        _anchors = new(anchors.Where(anchor => anchor.Log == log && anchor.Seq > 0).OrderBy(anchor => anchor.Seq));
    }

    /// <summary>The last record that was found to be good; <see langword="null"/>: none.</summary>
    public AuditTail? Tail => _tail;

    /// <summary>Records that were found to be good.</summary>
    public long Checked { get; private set; }

    /// <summary>Anchors that were found to be true.</summary>
    public int AnchorsHeld { get; private set; }

    /// <summary>Anchors of records that were before the first line.</summary>
    public int AnchorsBefore { get; private set; }

    /// <summary>Whether the first record's hash could not be checked, because nothing tells the one before it.</summary>
    public bool BeginsUnproven { get; private set; }

    /// <summary>Takes the next line.</summary>
    /// <returns>What is wrong with it; <see langword="null"/>: nothing.</returns>
    public AuditFault? Check(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var expected = _tail is null ? 0 : _tail.Seq + 1;
        if (!AuditLine.TrySplit(line, out var canonical, out var hash) || AuditLine.Read(line) is not { } record || AuditLine.LogOf(line) is not { } log)
        {
            return new(expected, "the line is no record: it is damaged");
        }

        var fault = log != _log
            ? new AuditFault(record.Seq, $"the record is of another log, '{AuditText.Clean(log, AuditText.MostIdBytes)}'")
            : PlaceFault(record, expected) ?? HashFault(record, canonical, hash);
        if (fault is null)
        {
            Take(record, hash);
            fault = AnchorFault();
        }

        return fault;
    }

    /// <summary>There are no more lines.</summary>
    /// <param name="fromItsBeginning">The lines were to begin where the log does.</param>
    /// <param name="toItsEnd">The lines were to end where the log does.</param>
    public AuditFault? Finish(bool fromItsBeginning, bool toItsEnd)
    {
        if (toItsEnd && _anchors.TryPeek(out var missing))
        {
            var last = _tail?.Seq ?? 0;
            return new(last + 1, $"the end is missing: the log was anchored up to {missing.Seq} at {missing.At:u}, and ends at {last}");
        }

        if (fromItsBeginning && _tail is not null && _first > 1 && _expiredThrough < _first - 1)
        {
            return new(Math.Max(1, _expiredThrough + 1), $"the beginning is missing: the log starts at {_first}, and no record says that what was before has expired");
        }

        return null;
    }

    private AuditFault? PlaceFault(AuditRecord record, long expected)
    {
        if (expected > 0 && record.Seq != expected)
        {
            return new(expected, $"it is not there: the next record is {record.Seq}");
        }

        if (record.Seq < 1)
        {
            return new(record.Seq, "it has no number");
        }

        if (_tail is not null && record.At < _tail.At)
        {
            return new(record.Seq, "it was written before the record in front of it");
        }

        var isFirst = AuditLogs.FirstOf(AuditLogs.SegmentOf(record.Seq)) == record.Seq;
        if (isFirst != record.Previous is not null)
        {
            return new(record.Seq, "it does not stand where its segment has it");
        }

        var before = record.Seq == 1 ? AuditKeys.Beginning : _tail?.Hash;
        return before is not null && record.Previous is { } previous && previous != before
            ? new(record.Seq, "it follows another record than the one in front of it")
            : null;
    }

    private AuditFault? HashFault(AuditRecord record, string canonical, string hash)
    {
        if ((_tail?.Hash ?? record.Previous) is not { } previous)
        {
            BeginsUnproven = true;
            return null;
        }

        if (!AuditKeys.IsHash(previous))
        {
            return new(record.Seq, "what it says of the record before is no hash");
        }

        if (record.Key == AuditKeys.NoKey && _keys.IsSecret)
        {
            return new(record.Seq, "it is not sealed by a secret");
        }

        var computed = _keys.Hash(_log, record.Key, record.At, previous, canonical);
        if (computed is null)
        {
            return new(record.Seq, $"it is sealed by a secret that is not known here ({AuditText.Clean(record.Key, AuditText.MostIdBytes)})");
        }

        return computed == hash ? null : new(record.Seq, "its hash is wrong: it, or a record before it, was changed");
    }

    private void Take(AuditRecord record, string hash)
    {
        if (_tail is null)
        {
            _first = record.Seq;
            while (_anchors.TryPeek(out var anchor) && anchor.Seq < record.Seq)
            {
                _anchors.Dequeue();
                AnchorsBefore++;
            }
        }

        if (record.Entry.Action == AuditExpiry.Action && AuditExpiry.ThroughOf(record.Entry) is { } through)
        {
            _expiredThrough = Math.Max(_expiredThrough, through);
        }

        _tail = new(record.Seq, hash, record.At);
        Checked++;
    }

    private AuditFault? AnchorFault()
    {
        while (_anchors.TryPeek(out var anchor) && anchor.Seq == _tail!.Seq)
        {
            _anchors.Dequeue();
            if (!string.Equals(anchor.Hash, _tail.Hash, StringComparison.OrdinalIgnoreCase))
            {
                return new(anchor.Seq, $"it is not the record that was anchored at {anchor.At:u}: what follows {_lastAnchored} was written anew");
            }

            _lastAnchored = anchor.Seq;
            AnchorsHeld++;
        }

        return null;
    }
}

/// <summary>What is wrong with a log.</summary>
/// <param name="Seq">The first record that is bad or missing; 0: not even its number is known.</param>
/// <param name="Reason">In words.</param>
public sealed record AuditFault(long Seq, string Reason);
