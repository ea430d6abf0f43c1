namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Tokens in this gateway's hand. Taking one is a decrement and a stamp: no lock, no allocation.</summary>
/// <param name="id">The lease's name.</param>
/// <param name="tokens">Requests that may be admitted; at least 1.</param>
/// <param name="sentAt">When the call that brought it was sent, in milliseconds of the gateway's monotonic clock.</param>
/// <param name="expiresAt">No request is admitted from it at or after this.</param>
internal sealed class HeldLease(Guid id, int tokens, long sentAt, long expiresAt)
{
    private const int SmallestRefilledAhead = 4;
    private const int ClosedMark = int.MinValue / 2;

    // When each token was used: milliseconds after sentAt, plus 1; 0: taken this very moment, not stamped yet.
    private readonly int[] _stamps = new int[tokens];
    private readonly int _refillAt = tokens >= SmallestRefilledAhead ? tokens / 2 : -1;
    private int _left = tokens;
    private int _usedWhenClosed = -1;

    /// <summary>The lease's name.</summary>
    public Guid Id => id;

    /// <summary>Requests admitted from it so far.</summary>
    public int Used => _usedWhenClosed >= 0 ? _usedWhenClosed : _stamps.Length - Left;

    /// <summary>Requests it may still admit.</summary>
    public int Left => Math.Max(0, Volatile.Read(ref _left));

    /// <summary>Whether nothing is taken from it any more.</summary>
    public bool IsClosed => _usedWhenClosed >= 0;

    /// <summary>Tokens that went back unused when it was closed.</summary>
    public int GivenBack => IsClosed ? _stamps.Length - _usedWhenClosed : 0;

    /// <summary>How many uses the limiter has acknowledged. Owned by the subject's lock.</summary>
    public int Acknowledged { get; set; }

    /// <summary>How many uses this gateway has counted in its own windows. Owned by the subject's lock.</summary>
    public int Counted { get; set; }

    /// <summary>The end of its life.</summary>
    public long ExpiresAt => expiresAt;

    /// <summary>When it was last used, or came.</summary>
    public long LastUsedAt => Used is > 0 and var used ? UsedAt(used - 1) ?? long.MaxValue : sentAt;

    /// <summary>Takes a token.</summary>
    /// <param name="now">Milliseconds of the gateway's monotonic clock.</param>
    /// <param name="refill">Whether half is gone, so that the next lease should be asked for: true once.</param>
    public bool TryTake(long now, out bool refill)
    {
        refill = false;
        if (now >= expiresAt || Volatile.Read(ref _left) <= 0)
        {
            return false;
        }

        var left = Interlocked.Decrement(ref _left);
        if (left < 0)
        {
            return false;
        }

        Volatile.Write(ref _stamps[_stamps.Length - 1 - left], (int)(now - sentAt) + 1);
        refill = left == _refillAt;
        return true;
    }

    /// <summary>Ends it: what is left goes back. Owned by the subject's lock.</summary>
    public void Close()
    {
        if (!IsClosed)
        {
            _usedWhenClosed = _stamps.Length - Math.Max(0, Interlocked.Exchange(ref _left, ClosedMark));
        }
    }

    /// <summary>When a token was used, rounded up; <see langword="null"/>: just now.</summary>
    public long? UsedAt(int index) => Volatile.Read(ref _stamps[index]) is > 0 and var stamp ? sentAt + stamp : null;
}
