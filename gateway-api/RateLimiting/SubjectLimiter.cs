using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>One subject's leases in this gateway: two slots, the uses still to report, and this gateway's own count of them.</summary>
/// <remarks>Taking a token needs no lock. Everything else happens under one, and at most one grain call is under way.</remarks>
internal sealed partial class SubjectLimiter
{
    // A use may reach its provider this much after it was admitted; dated so late, the provider too never sees more than the limit.
    private const int TransitMilliseconds = 100;

    private readonly Lock _gate = new();
    private readonly LimiterSurroundings _around;
    private readonly List<HeldLease> _retired = [];
    private readonly LocalShare _share = new();

    private volatile HeldLease? _current;
    private volatile HeldLease? _next;
    private volatile Standing _standing = Standing.Unknown;
    private volatile Denial? _denial;
    private volatile SubjectLimits _limits;
    private volatile bool _evicted;
    private LimiterPolicy _policy;
    private LimitSet? _own;
    private long _lastActive;
    private long _uses;
    private int _waiting;

    /// <param name="subject">Whose limits.</param>
    /// <param name="around">What all subjects share.</param>
    /// <param name="own">The subject's own limits; <see langword="null"/>: none.</param>
    public SubjectLimiter(string subject, LimiterSurroundings around, LimitSet? own)
    {
        Subject = subject;
        Level = LimitSubject.LevelOf(subject);
        _around = around;
        _own = own;
        _policy = around.Policy;
        _limits = _policy.Of(subject, own);
        _lastActive = around.Clock.Now;
        _unleasedFirst = (_lastActive * NumbersPerMillisecond) + 1;
        Slots = SlotsFor(_limits);
    }

    /// <summary>Whose limits.</summary>
    public string Subject { get; }

    /// <summary>What kind of subject it is.</summary>
    public LimitLevel Level { get; }

    /// <summary>What is in force.</summary>
    public SubjectLimits Limits => _limits;

    /// <summary>Its places in flight here; <see langword="null"/>: they are not limited.</summary>
    public SubjectSlots? Slots { get; private set; }

    /// <summary>Whether it was dropped: whoever still holds it must look its successor up.</summary>
    public bool IsEvicted => _evicted;

    /// <summary>Takes in the limits that apply from here on. Costs two comparisons where nothing has changed.</summary>
    /// <param name="own">The subject's own limits; <see langword="null"/>: none.</param>
    public void Observe(LimitSet? own)
    {
        if (!ReferenceEquals(own, _own) || !ReferenceEquals(_around.Policy, _policy))
        {
            Adopt(own);
        }
    }

    /// <summary>Whether the windows are only the default of users, and the key was given more on purpose.</summary>
    /// <param name="key">What the key was given.</param>
    public bool GivesWayTo(LimitSet key) =>
        Level == LimitLevel.User && _own is not { RequestsPerMinute: not null } and not { RequestsPerHour: not null } && _limits.AreBelow(key);

    /// <summary>Takes in a changed configuration.</summary>
    public void ObservePolicy() => Observe(_own);

    /// <summary>Takes a token in hand, and a place in flight; what it has of them it keeps.</summary>
    public bool TryTakeInHand(long now, ref LevelTake take) => TryTakeSlot(ref take) && TryTakeToken(now, ref take);

    /// <summary>Takes a place in flight, where one is needed.</summary>
    public bool TryTakeSlot(ref LevelTake take)
    {
        if (take.PassedSlots)
        {
            return true;
        }

        if (_limits.Concurrency > 0 && Slots is { } slots)
        {
            slots.Observe(_limits.Concurrency);
            if (!slots.TryEnter())
            {
                return false;
            }

            take.HasSlot = true;
        }

        return take.PassedSlots = true;
    }

    /// <summary>Uses what was taken.</summary>
    public LimitStanding Use(long now, ref LevelTake take)
    {
        switch (take.State)
        {
            case LevelState.Leased:
                take.Lease!.Use(now);
                if (take.Refill && _next is null)
                {
                    _ = CallAsync(0);
                }

                return _limits.IsShadow ? default : _standing.Admit(Held);
            case LevelState.Alone:
                UseAlone(take.At);
                return _limits.IsShadow ? default : take.Standing;
            default:
                return default;
        }
    }

    /// <summary>Puts a token back, as if it had never been taken.</summary>
    public void PutBack(ref LevelTake take)
    {
        if (take.State == LevelState.Leased)
        {
            take.Lease!.PutBack();
        }
        else if (take.State == LevelState.Alone)
        {
            PutBackAlone(take.At);
        }

        if (take.State != LevelState.Passed)
        {
            take.State = LevelState.Nothing;
            take.Lease = null;
        }
    }

    private int Held => (_current?.Left ?? 0) + (_next?.Left ?? 0);

    private bool TryTakeToken(long now, ref LevelTake take)
    {
        if (take.State != LevelState.Nothing)
        {
            return true;
        }

        if (!_limits.Requests.Any)
        {
            take.State = LevelState.Passed;
            return true;
        }

        return TryTakeFrom(_current, now, ref take) || TryTakeFrom(_next, now, ref take);
    }

    private static bool TryTakeFrom(HeldLease? lease, long now, ref LevelTake take)
    {
        if (lease is null || !lease.TryTake(now, out take.Refill))
        {
            return false;
        }

        take.Lease = lease;
        take.State = LevelState.Leased;
        return true;
    }

    // Tokens granted under the old limits would outlive them by a lease's life.
    private void Adopt(LimitSet? own)
    {
        lock (_gate)
        {
            _own = own;
            _policy = _around.Policy;
            var limits = _policy.Of(Subject, own);
            if (limits == _limits)
            {
                return;
            }

            _limits = limits;
            Slots ??= SlotsFor(limits);
            Slots?.Observe(limits.Concurrency);
            CloseHeld();
            _denial = null;
        }
    }

    private SubjectSlots? SlotsFor(SubjectLimits limits) =>
        limits.Concurrency > 0 ? new SubjectSlots(Subject, limits.Concurrency, _around, () => _limits.WhenDown) : null;
}
