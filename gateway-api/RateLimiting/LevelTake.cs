using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

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

/// <summary>How a subject stands, for headers.</summary>
/// <param name="Limit">The most constrained limit; 0: none applies.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Until all of it is free again.</param>
internal readonly record struct LimitStanding(int Limit, int Remaining, TimeSpan Reset);

/// <summary>The subjects that one request counts against, on the stack.</summary>
internal struct LevelTakes
{
    /// <summary>Key, user, team, model.</summary>
    public const int Most = 4;

    private Takes _takes;
    private int _count;

    /// <summary>How many there are.</summary>
    public readonly int Count => _count;

    /// <summary>Adds one.</summary>
    /// <exception cref="InvalidOperationException">There are too many: none is passed over silently.</exception>
    public void Add(SubjectLimiter subject)
    {
        if (_count == Most)
        {
            throw new InvalidOperationException($"A request counts against {Most} subjects at most.");
        }

        _takes[_count++] = new LevelTake(subject);
    }

    /// <summary>All of them.</summary>
    [UnscopedRef]
    public Span<LevelTake> AsSpan() => ((Span<LevelTake>)_takes)[.._count];

    [InlineArray(Most)]
    private struct Takes
    {
        private LevelTake _first;
    }
}
