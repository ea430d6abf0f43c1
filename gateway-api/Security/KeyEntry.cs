using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>One secret of a key as requests meet it: whom it stands for, and until when. Made when it is first used.</summary>
internal sealed class KeyEntry
{
    private readonly KeyHash _hash;
    private readonly long _endsAtTicks;
    private volatile bool _wasUsed;

    /// <param name="hash">The secret's hash.</param>
    /// <param name="facts">The key.</param>
    /// <param name="isPrevious">Whether it is the secret before the last rotation.</param>
    /// <param name="caller">Whom the key stands for.</param>
    public KeyEntry(in KeyHash hash, in KeyFacts facts, bool isPrevious, Caller caller)
    {
        _hash = hash;
        _endsAtTicks = EndOf(facts, isPrevious);
        IsPrevious = isPrevious;
        Revoked = facts.Revoked;
        Caller = caller;
    }

    /// <summary>Whom the key stands for. Shared by all requests of the key, also over changes of the entry.</summary>
    public Caller Caller { get; }

    /// <summary>The key's public id; of a key of the file, what it is called by.</summary>
    public string PublicId => Caller.Subject[KeyRecord.KeySubject.Length..];

    /// <summary>Whether this is the secret before the last rotation.</summary>
    public bool IsPrevious { get; }

    /// <summary>A revoked key stays known, so that a late look-up cannot bring it back.</summary>
    public bool Revoked { get; }

    /// <summary>When the secret stops working; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt => _endsAtTicks == long.MaxValue ? null : new DateTimeOffset(_endsAtTicks, TimeSpan.Zero);

    /// <summary>The whole hash.</summary>
    public KeyHash Hash => _hash;

    /// <summary>The record that this was made of.</summary>
    public PackedMark Source { get; init; }

    /// <summary>The version of the shard that this is known to be right for.</summary>
    public int ShardVersion { get; set; }

    /// <summary>The revision of the accounts that this was made at.</summary>
    public int Revision { get; init; }

    /// <summary>Has it fetched from memory, before anything of it is read.</summary>
    public void Expect()
    {
        MemoryAhead.Fetch(in _hash);
        MemoryAhead.Fetch(in _endsAtTicks);
    }

    /// <summary>Whether a hash begins as this one.</summary>
    public bool BeginsAs(in KeyHash hash) => _hash.Prefix == hash.Prefix;

    /// <summary>Compares the whole hash in constant time: entries are found by its first half.</summary>
    public bool Matches(in KeyHash hash) => _hash.Matches(hash);

    /// <summary>Whether the secret works now.</summary>
    public bool IsGood(TimeProvider clock) => !Revoked && (_endsAtTicks == long.MaxValue || clock.GetUtcNow().UtcTicks < _endsAtTicks);

    /// <summary>Notes that somebody got in with it.</summary>
    public void Used()
    {
        // Written once in a while only: the line of memory is shared by every core.
        if (!_wasUsed)
        {
            _wasUsed = true;
        }
    }

    /// <summary>Whether somebody got in with it since this was last asked.</summary>
    public bool TakeUse()
    {
        var was = _wasUsed;
        _wasUsed = false;
        return was;
    }

    private static long EndOf(in KeyFacts facts, bool isPrevious)
    {
        var end = facts.ExpiresAt?.UtcTicks ?? long.MaxValue;
        return isPrevious ? Math.Min(end, facts.PreviousEndsAt?.UtcTicks ?? 0) : end;
    }
}
