using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Resilience;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>
/// What this gateway may have in flight of one subject: a part of the cluster's limit, leased from the subject's limiter as
/// providers' slots are from theirs. A gateway that dies leaves no more behind than a lease that ends.
/// </summary>
internal sealed class SubjectSlots
{
    private const int ShortMilliseconds = 250;
    private static readonly TimeSpan GrainDeadline = TimeSpan.FromMilliseconds(250);

    // The call under way may have been sent before a request asked, or a place was free: the next one speaks for it.
    private const int CallsForWaiting = 2;

    // Among others a share follows the demand each second; alone it is only kept alive.
    private const int RenewedAmongOthersMilliseconds = 1_000;
    private const int RenewedAloneMilliseconds = 3_000;

    private readonly string _subject;
    private readonly LimiterSurroundings _around;
    private readonly ProviderGate _gate;
    private readonly Func<ProviderGate, Task> _call;
    private readonly Func<OnLimiterDown> _whenDown;
    private int _asking;
    private long _fullUntil;
    private long _renewedAt;
    private long _leasedUntil;
    private volatile bool _isSilent;

    /// <param name="subject">Whose.</param>
    /// <param name="concurrency">The limit, over the whole cluster.</param>
    /// <param name="around">What all subjects share.</param>
    /// <param name="whenDown">What holds without the limiter.</param>
    public SubjectSlots(string subject, int concurrency, LimiterSurroundings around, Func<OnLimiterDown> whenDown)
    {
        _subject = subject;
        _around = around;
        _whenDown = whenDown;
        _gate = new ProviderGate(subject, concurrency, around.Gateways, around.Clock.Time);
        _call = gate => CallAsync(AskFor(gate));
    }

    /// <summary>Whether nothing is in flight, and was not for a while.</summary>
    public bool IsIdle => !_gate.IsUsed();

    /// <summary>Requests in flight here.</summary>
    public int InUse => _gate.Slots.InUse;

    /// <summary>Takes in the limit, and how many share it.</summary>
    public void Observe(int concurrency)
    {
        if (concurrency < _gate.Capacity)
        {
            _gate.Slots.Confine(concurrency);
        }

        _gate.Observe(concurrency, _around.Gateways);
    }

    /// <summary>Takes a place of this gateway's part.</summary>
    public bool TryEnter() => !IsClosed && _gate.Slots.TryEnter();

    /// <summary>Asks the limiter for a place. Never fails.</summary>
    /// <param name="longest">How long.</param>
    /// <param name="clientLeft">Ends the wait.</param>
    public async Task<SlotVerdict> AskAsync(TimeSpan longest, CancellationToken clientLeft)
    {
        if (_isSilent && _whenDown() is not OnLimiterDown.Share)
        {
            return WithoutLimiter();
        }

        if (!_gate.MayAskGrain || _around.Clock.Now < Volatile.Read(ref _fullUntil))
        {
            return SlotVerdict.Full;
        }

        var givesUpAt = _around.Clock.Now + (long)longest.TotalMilliseconds;
        Interlocked.Increment(ref _asking);
        try
        {
            for (var calls = 0; calls < CallsForWaiting && !clientLeft.IsCancellationRequested; calls++)
            {
                var left = TimeSpan.FromMilliseconds(Math.Max(1, givesUpAt - _around.Clock.Now));
                await _gate.RenewOnceAsync(_call).WaitAsync(left, _around.Clock.Time, clientLeft).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (TryEnter())
                {
                    return SlotVerdict.Taken;
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }

        if (_isSilent)
        {
            return WithoutLimiter();
        }

        Volatile.Write(ref _fullUntil, _around.Clock.Now + ShortMilliseconds);
        return SlotVerdict.Full;
    }

    /// <summary>A request has ended.</summary>
    public void Exit()
    {
        _gate.Slots.Exit();
        if (_gate.ReturnsAtOnce)
        {
            _ = ReturnAtOnceAsync();
        }
    }

    /// <summary>Ends a lease whose time is up, and renews one that is used.</summary>
    /// <returns>The renewal; <see langword="null"/>: none is due.</returns>
    public Task? Tidy()
    {
        _gate.EndWhenDue();
        _gate.Observe(_gate.Capacity, _around.Gateways);
        var period = _around.Gateways > 1 || _isSilent ? RenewedAmongOthersMilliseconds : RenewedAloneMilliseconds;
        return _gate.IsUsed() && _around.Clock.Now - Volatile.Read(ref _renewedAt) >= period ? _gate.RenewOnceAsync(_call) : null;
    }

    /// <summary>Gives back what is not in use: the process ends.</summary>
    public async Task ReturnAsync()
    {
        await _gate.RenewOnceAsync(_call);
        await _gate.RenewOnceAsync(gate => CallAsync(gate.NextRequest(_around.Identity.Id) with { Held = gate.Slots.InUse, Wanted = 0 }));
    }

    private SlotVerdict WithoutLimiter() => _whenDown() switch
    {
        OnLimiterDown.Open => SlotVerdict.NotNeeded,
        OnLimiterDown.Closed => SlotVerdict.Closed,
        _ => SlotVerdict.Full,
    };

    // A lease in hand is used to its end.
    private bool IsClosed => _isSilent && _around.Clock.Now >= Volatile.Read(ref _leasedUntil) && _whenDown() == OnLimiterDown.Closed;

    private SlotRequest AskFor(ProviderGate gate)
    {
        var request = gate.NextRequest(_around.Identity.Id);
        return request with { Wanted = Math.Min(gate.Capacity, request.Wanted + Volatile.Read(ref _asking)) };
    }

    private async Task ReturnAtOnceAsync()
    {
        for (var calls = 0; calls < CallsForWaiting && _gate.Slots.Limit > _gate.Slots.InUse; calls++)
        {
            await _gate.RenewOnceAsync(_call);
        }
    }

    private async Task CallAsync(SlotRequest request)
    {
        var sentAt = _around.Clock.Time.GetTimestamp();
        Volatile.Write(ref _renewedAt, _around.Clock.Now);
        if (_gate.Capacity < 1)
        {
            return;
        }

        try
        {
            var grant = await _around.Grain(_subject).RenewSlotsAsync(request, _gate.Capacity).AsTask().WaitAsync(GrainDeadline, _around.Clock.Time);
            _isSilent = false;
            Volatile.Write(ref _leasedUntil, _around.Clock.Now + (long)SlotBook.LeaseTimeToLive.TotalMilliseconds / 2);
            _gate.Take(grant, request.Wanted, sentAt);
        }
        catch (Exception failure)
        {
            // Whether it arrived is not known: the limiter then counts more than is used, until the next call.
            _isSilent = true;
            if (_gate.MissAnswer(sharesSpare: _whenDown() == OnLimiterDown.Share))
            {
                LimiterLog.SlotsSilent(_around.Logger, failure, _subject);
            }
        }
    }
}

/// <summary>What came of asking for a place in flight.</summary>
internal enum SlotVerdict
{
    /// <summary>It was taken.</summary>
    Taken = 0,

    /// <summary>There is none.</summary>
    Full = 1,

    /// <summary>The limiter does not answer, and everything is admitted then.</summary>
    NotNeeded = 2,

    /// <summary>The limiter does not answer, and everything is refused then.</summary>
    Closed = 3,
}
