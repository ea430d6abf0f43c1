using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <content>What holds while the limiter does not answer.</content>
internal sealed partial class SubjectLimiter
{
    // Requests admitted without the limiter are told to it later; more of them than this are too old to matter or past counting.
    private const int MostUnleased = 8_192;
    private const int LongestWindowMilliseconds = 3_600_000;

    // A subject that was dropped and comes back goes on with higher numbers, up to a million admitted a second.
    private const long NumbersPerMillisecond = 1_024;

    private readonly List<long> _unleased = [];

    private volatile bool _down;
    private long _retryAt;
    private long _usesWhenHeard;

    // The number of the first in the list. The limiter knows by it what it was told before.
    private long _unleasedFirst;

    /// <summary>Whether the limiter of this subject does not answer.</summary>
    public bool IsDown => _down;

    /// <summary>The wait for an answer is over: the next requests do not wait, until there is one.</summary>
    public void TimedOut()
    {
        lock (_gate)
        {
            MarkDown(new TimeoutException("The limiter did not answer in time."));
        }
    }

    // Decides without the limiter, as configured, and sees to it that it is asked again now and then.
    private LevelVerdict DecideAlone(long now, ref LevelTake take, out LevelRefusal refusal)
    {
        var limits = _limits;
        bool ask;
        lock (_gate)
        {
            ask = now >= _retryAt && _call is not { IsCompleted: false };
            Volatile.Write(ref _lastActive, now);
            refusal = limits.WhenDown switch
            {
                OnLimiterDown.Open => default,
                OnLimiterDown.Closed => new LevelRefusal(this, LimitKind.Down, 0, TimeSpan.FromSeconds(1), TimeSpan.Zero),
                _ when IsBlocked(now) => _denial!.Decide(this, now),
                _ => TakeShare(now, limits.Requests, out take.Standing),
            };
        }

        if (ask)
        {
            _ = CallAsync(0);
        }

        if (refusal.Subject is not null)
        {
            return LevelVerdict.Refused;
        }

        take.State = LevelState.Alone;
        take.At = now;
        return LevelVerdict.Taken;
    }

    // A block that is known holds to its end, whoever answers.
    private bool IsBlocked(long now)
    {
        if (_denial is not { Blocked: true } block)
        {
            return false;
        }

        if (block.IsBlockAt(now))
        {
            return true;
        }

        _denial = null;
        _share.StartAnew(block.Window);
        return false;
    }

    private LevelRefusal TakeShare(long now, LimitSettings limits, out LimitStanding standing)
    {
        CountAll(now);
        var share = _share.Take(now, _around.Gateways, limits);
        standing = new LimitStanding(share.Limit, share.Remaining, Standing.Length(share.Limiting), share.Limiting);
        return share.Admitted
            ? default
            : new LevelRefusal(this, LimitKinds.Of(share.Limiting), limits.Of(share.Limiting), share.RetryAfter, share.RetryAfter);
    }

    private void UseAlone(long at)
    {
        lock (_gate)
        {
            if (_unleased.Count == MostUnleased)
            {
                ForgetUnleased(MostUnleased / 2);
            }

            _unleased.Add(at + 1);
            if (_limits.WhenDown == OnLimiterDown.Open)
            {
                // A share that is configured while the limiter is still away must know what went before it.
                _share.Record(at, _limits.Requests);
            }
        }

        _around.Metrics.AdmittedAlone(_limits.WhenDown);
    }

    private ImmutableArray<int> UnleasedAges(long now)
    {
        var old = 0;
        while (old < _unleased.Count && now - _unleased[old] > LongestWindowMilliseconds)
        {
            old++;
        }

        ForgetUnleased(old);
        return [.. _unleased.Select(at => (int)(now - at) - TransitMilliseconds)];
    }

    // What was admitted alone after the call was sent is not in what the limiter granted by: it comes out of the grant, or both
    // would be more than there was.
    private void PayUnleased(HeldLease lease, long now)
    {
        var paid = 0;
        while (paid < _unleased.Count && lease.TryTake(now, out _))
        {
            lease.Use(now);
            lease.Counted++;
            paid++;
        }

        ForgetUnleased(paid);
    }

    private void ForgetUnleased(int count)
    {
        _unleased.RemoveRange(0, count);
        _unleasedFirst += count;
    }

    private void PutBackAlone(long at)
    {
        lock (_gate)
        {
            if (_limits.WhenDown == OnLimiterDown.Share)
            {
                _share.GiveBack(at, _limits.Requests);
            }
        }
    }

    private void MarkDown(Exception failure)
    {
        var now = _around.Clock.Now;
        _retryAt = now + RetryWhenDownMilliseconds;
        if (_down)
        {
            return;
        }

        CountAll(now);

        // What was free when the limiter was last heard, less what the other gateways took since then if they are as busy as this one.
        var gateways = _around.Gateways;
        var taken = (int)Math.Min(int.MaxValue, (_uses - _usesWhenHeard) * (gateways - 1));
        _share.Begin(now, gateways, Held, taken, _standing.Windows.AsSpan());
        _down = true;
        _around.Metrics.WentDown();
        LimiterLog.Down(_around.Logger, failure, Subject, _limits.WhenDown);
    }

    private void MarkUp()
    {
        if (!_down)
        {
            return;
        }

        _share.End();
        _down = false;
        _around.Metrics.CameBack();
        LimiterLog.Back(_around.Logger, Subject);
    }
}
