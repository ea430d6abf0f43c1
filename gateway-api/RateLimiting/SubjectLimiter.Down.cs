using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <content>What holds while the limiter does not answer.</content>
internal sealed partial class SubjectLimiter
{
    // Requests admitted without the limiter are told to it later; more of them than this are too old to matter or past counting.
    private const int MostUnleased = 8_192;

    private volatile bool _down;
    private long _retryAt;

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

    private LevelRefusal TakeShare(long now, LimitSettings limits, out LimitStanding standing)
    {
        CountAll(now);
        var share = _share.Take(now, _around.Gateways, limits);
        standing = new LimitStanding(share.Limit, share.Remaining, Standing.Length(share.Limiting));
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
                _unleased.RemoveRange(0, MostUnleased / 2);
            }

            _unleased.Add(at + 1);
        }

        _around.Metrics.AdmittedAlone(_limits.WhenDown);
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
        _share.Begin(now, _around.Gateways, Held, _standing.Windows.AsSpan());
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
