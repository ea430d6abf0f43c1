namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>What one request has of one subject so far.</summary>
/// <param name="subject">Whose limits.</param>
internal struct LevelTake(SubjectLimiter subject)
{
    /// <summary>Whose limits.</summary>
    public readonly SubjectLimiter Subject = subject;

    /// <summary>How far it is.</summary>
    public LevelState State;

    /// <summary>For <see cref="LevelState.Leased"/>: where the token is from.</summary>
    public HeldLease? Lease;

    /// <summary>For <see cref="LevelState.Alone"/>: when it was counted.</summary>
    public long At;

    /// <summary>For <see cref="LevelState.Alone"/>: how the subject stands.</summary>
    public LimitStanding Standing;

    /// <summary>Whether the token was the one at which the next lease is asked for.</summary>
    public bool Refill;

    /// <summary>Whether it has a place in flight.</summary>
    public bool HasSlot;

    /// <summary>Whether places in flight do not hold it up: it has one, none is needed, or the lack is only told.</summary>
    public bool PassedSlots;
}

/// <summary>How far a request is with one subject.</summary>
internal enum LevelState
{
    /// <summary>It has nothing.</summary>
    Nothing = 0,

    /// <summary>It has a token of a lease.</summary>
    Leased = 1,

    /// <summary>This gateway admits it by itself, since the limiter does not answer.</summary>
    Alone = 2,

    /// <summary>Nothing is needed: the subject has no windows, or would be refused and is only told so.</summary>
    Passed = 3,
}
