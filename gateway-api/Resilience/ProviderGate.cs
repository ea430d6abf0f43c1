using ProxyCluster.Core.Resilience;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>What stands between this gateway's requests and one provider: its slots here, the lease they come from, and its retries.</summary>
internal sealed class ProviderGate
{
    // A lease ends here a little before it does for the provider's grain, since it is looked at only now and then.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    // One answer may be late or lost while others hear the grain, and get what is spare.
    private const int MissesToSilence = 2;

    // Unused for so long a lease is not renewed, and ends.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly Lock _leasing = new();
    private Task? _renewing;
    private long _sequence;
    private long _endsAt;
    private long _usedAt;
    private int _capacity;
    private int _gateways;
    private int _earlierPeak;
    private int _spare;
    private int _misses;
    private volatile bool _isLeased;
    private volatile bool _isShort;
    private volatile bool _mayGrow;
    private volatile bool _isSilent;

    /// <param name="provider">The provider's name.</param>
    /// <param name="capacity">All slots of the provider, over the whole cluster.</param>
    /// <param name="gateways">How many gateways share them.</param>
    /// <param name="clock">The gateway's.</param>
    public ProviderGate(string provider, int capacity, int gateways, TimeProvider clock)
    {
        (Provider, _capacity, _gateways, _clock) = (provider, capacity, gateways, clock);
        _usedAt = clock.GetTimestamp();
        Slots = new ProviderSlots(clock);
        Slots.Allow(LimitWithoutLease(capacity, gateways));
    }

    public string Provider { get; }

    /// <summary>Requests that may be in flight.</summary>
    public ProviderSlots Slots { get; }

    /// <summary>Retries that may be in flight.</summary>
    public RetryBudget Retries { get; } = new();

    /// <summary>All slots of the provider, over the whole cluster.</summary>
    public int Capacity => Volatile.Read(ref _capacity);

    /// <summary>How many gateways share them.</summary>
    public int Gateways => Volatile.Read(ref _gateways);

    /// <summary>
    /// Whether a request that finds no slot may ask the provider's grain: its gateway's share is used up, and there are others,
    /// or were when it was leased. Not where the grain had no more to give the last time; with too few slots for shares that
    /// changes with each request.
    /// </summary>
    public bool MayAskGrain => !_isSilent && (_isLeased ? Slots.Limit < Capacity && (!_isShort || IsOneByOne) : Gateways > 1);

    /// <summary>Whether slots go back as soon as they are free.</summary>
    public bool ReturnsAtOnce => _isLeased && IsOneByOne;

    /// <summary>
    /// How many may wait: beside those that wait for others to leave, as many as the provider has room for as far as is known,
    /// whom a next answer lets in: for the equal part, or for all while the book of slots is new and holds back.
    /// </summary>
    /// <param name="forOthers">How many may wait for others to leave.</param>
    public int MostWaiting(int forOthers) =>
        forOthers + Math.Max(0, (_mayGrow ? Capacity : SlotDemand.EqualPart(Capacity, Gateways)) - Slots.InUse);

    private bool IsOneByOne => SlotDemand.IsOneByOne(Capacity, Gateways);

    /// <summary>Takes in how many slots there are, and for how many gateways.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Observe(int capacity, int gateways)
    {
        if (capacity == Capacity && gateways == Gateways)
        {
            return false;
        }

        lock (_leasing)
        {
            // The limit first: who finds nothing changed must find the limit changed, too.
            if (!_isLeased)
            {
                Slots.Allow(LimitWithoutLease(capacity, gateways));
            }

            Volatile.Write(ref _gateways, gateways);
            Volatile.Write(ref _capacity, capacity);
        }

        return true;
    }

    /// <summary>Whether it was used lately: then its lease is worth renewing.</summary>
    public bool IsUsed()
    {
        var now = _clock.GetTimestamp();
        if (Slots.InUse > 0 || Slots.Waiting > 0 || Slots.Peak > 0 || Slots.Missed > 0)
        {
            _usedAt = now;
        }

        return _clock.GetElapsedTime(_usedAt, now) < Idle;
    }

    /// <summary>Makes a call, one at a time: who comes meanwhile waits for the one under way.</summary>
    /// <param name="call">Asks the grain. Never fails.</param>
    public Task RenewOnceAsync(Func<ProviderGate, Task> call)
    {
        lock (_leasing)
        {
            return _renewing is { IsCompleted: false } underWay ? underWay : _renewing = call(this);
        }
    }

    /// <summary>What to ask for. From here on no more is used than it says is held.</summary>
    public SlotRequest NextRequest(Guid gateway)
    {
        lock (_leasing)
        {
            var (peak, missed) = (Slots.TakePeak(), Slots.TakeMissed());
            var needed = IsOneByOne ? Slots.InUse : Math.Max(peak, _earlierPeak) + missed;
            var wanted = SlotDemand.Wanted(needed, Slots.Waiting, Capacity, Gateways);
            _earlierPeak = peak;
            if (!_isSilent)
            {
                GiveUp(Math.Max(wanted, Slots.InUse));
            }

            return new SlotRequest(gateway, ++_sequence, Math.Max(Slots.Limit, Slots.InUse), wanted, Gateways);
        }
    }

    /// <summary>Takes in an answer.</summary>
    /// <param name="grant">The answer.</param>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="sentAt">When it was asked for: leases count from there.</param>
    public void Take(in SlotGrant grant, int wanted, long sentAt)
    {
        lock (_leasing)
        {
            _isSilent = false;
            _misses = 0;
            _spare = grant.Spare;
            _mayGrow = grant.MayGrow;
            _isShort = grant.Slots < wanted;
            _isLeased = grant.TimeToLive > TimeSpan.Zero;
            _endsAt = sentAt + (long)((grant.TimeToLive - Margin).TotalSeconds * _clock.TimestampFrequency);
            Slots.Allow(_isLeased ? grant.Slots : LimitWithoutLease());
        }
    }

    /// <summary>The grain did not answer. A lease goes on to its end; without one the equal part is used.</summary>
    /// <param name="sharesSpare">Whether a lease goes on with a part of what no gateway had, once the grain is silent.</param>
    /// <returns>Whether that is news.</returns>
    public bool MissAnswer(bool sharesSpare)
    {
        lock (_leasing)
        {
            var isNews = !_isSilent;
            _isSilent = true;
            _misses++;
            _mayGrow &= _misses < MissesToSilence;
            if (!_isLeased)
            {
                Slots.Allow(LimitWithoutLease());
            }
            else if (_misses == MissesToSilence && sharesSpare)
            {
                Slots.Allow(SlotDemand.WhileSilent(Slots.Limit, _spare, Capacity, Gateways));
            }

            return isNews;
        }
    }

    /// <summary>Ends a lease whose time is up.</summary>
    public void EndWhenDue()
    {
        lock (_leasing)
        {
            if (_isLeased && _clock.GetTimestamp() >= _endsAt)
            {
                _isLeased = false;
                Slots.Allow(LimitWithoutLease());
            }
        }
    }

    // What is given up is spare again: if the grain is not heard any more, a part of it comes back.
    private void GiveUp(int most)
    {
        _spare += Math.Max(0, Slots.Limit - most);
        Slots.Confine(most);
    }

    // Alone, nobody need be asked. Among others nothing is used that was not given, unless the giver is silent.
    private int LimitWithoutLease(int capacity, int gateways) =>
        gateways <= 1 ? capacity : _isSilent ? SlotDemand.EqualPart(capacity, gateways) : 0;

    private int LimitWithoutLease() => LimitWithoutLease(Capacity, Gateways);
}
