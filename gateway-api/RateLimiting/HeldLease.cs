namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Tokens in this gateway's hand. Taking one is a decrement, using it a stamp: no lock, no allocation.</summary>
/// <remarks>
/// A request that counts against several subjects takes a token of each first, and uses them only when it has all; one that is
/// put back was never used. A lease that is closed meanwhile is settled when the last such token is used or back.
/// </remarks>
/// <param name="id">The lease's name.</param>
/// <param name="tokens">Requests that may be admitted; at least 1.</param>
/// <param name="sentAt">When the call that brought it was sent, in milliseconds of the gateway's monotonic clock.</param>
/// <param name="expiresAt">No request is admitted from it at or after this.</param>
internal sealed class HeldLease(Guid id, int tokens, long sentAt, long expiresAt)
{
    private const int SmallestRefilledAhead = 4;
    private const int ClosedMark = int.MinValue / 2;

    // When each token was used, in the order of use: milliseconds after sentAt, plus 1; 0: used this very moment, not stamped yet.
    private readonly int[] _stamps = new int[tokens];
    private readonly int _refillAt = tokens >= SmallestRefilledAhead ? tokens / 2 : -1;
    private int _left = tokens;
    private int _used;
    private int _leftWhenClosed = -1;

    /// <summary>The lease's name.</summary>
    public Guid Id => id;

    /// <summary>Requests admitted from it so far.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>Requests it may still admit.</summary>
    public int Left => Math.Max(0, Volatile.Read(ref _left));

    /// <summary>Whether nothing is taken from it any more.</summary>
    public bool IsClosed => _leftWhenClosed >= 0;

    /// <summary>Whether it is closed, and what became of every token is known.</summary>
    public bool IsSettled => IsClosed && Used + NeverUsed == _stamps.Length;

    /// <summary>Tokens that went back unused when it was closed.</summary>
    public int GivenBack => IsClosed ? _stamps.Length - Used : 0;

    /// <summary>How many uses the limiter has acknowledged. Owned by the subject's lock.</summary>
    public int Acknowledged { get; set; }

    /// <summary>How many uses this gateway has counted in its own windows. Owned by the subject's lock.</summary>
    public int Counted { get; set; }

    /// <summary>The end of its life.</summary>
    public long ExpiresAt => expiresAt;

    /// <summary>When it was last used, or came.</summary>
    public long LastUsedAt => Used is > 0 and var used ? UsedAt(used - 1) ?? long.MaxValue : sentAt;

    private int NeverUsed => _leftWhenClosed + (Volatile.Read(ref _left) - ClosedMark);

    /// <summary>Takes a token, to be used or put back.</summary>
    /// <param name="now">Milliseconds of the gateway's monotonic clock.</param>
    /// <param name="refill">Whether half is gone, so that the next lease should be asked for.</param>
    public bool TryTake(long now, out bool refill)
    {
        refill = false;
        if (now >= expiresAt)
        {
            return false;
        }

        var left = Volatile.Read(ref _left);
        while (left > 0)
        {
            var seen = Interlocked.CompareExchange(ref _left, left - 1, left);
            if (seen == left)
            {
                refill = left - 1 == _refillAt;
                return true;
            }

            left = seen;
        }

        return false;
    }

    /// <summary>Uses a token that was taken.</summary>
    /// <param name="now">Milliseconds of the gateway's monotonic clock.</param>
    public void Use(long now) => Volatile.Write(ref _stamps[Interlocked.Increment(ref _used) - 1], (int)(now - sentAt) + 1);

    /// <summary>Puts a token back that was taken and not used.</summary>
    public void PutBack() => Interlocked.Increment(ref _left);

    /// <summary>Ends it: what is left goes back. Owned by the subject's lock.</summary>
    public void Close()
    {
        if (!IsClosed)
        {
            _leftWhenClosed = Interlocked.Exchange(ref _left, ClosedMark);
        }
    }

    /// <summary>When a token was used, rounded up; <see langword="null"/>: just now.</summary>
    public long? UsedAt(int index) => Volatile.Read(ref _stamps[index]) is > 0 and var stamp ? sentAt + stamp : null;
}
