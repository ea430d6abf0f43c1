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

    /// <summary>Decides without the limiter, as configured, and sees to it that it is asked again now and then.</summary>
    public LimitDecision DecideAlone(long now)
    {
        var policy = _around.Policy;
        LimitDecision decision;
        bool ask;
        lock (_gate)
        {
            ask = now >= _retryAt && _call is not { IsCompleted: false };
            Volatile.Write(ref _lastActive, now);
            decision = policy.WhenDown switch
            {
                OnLimiterDown.Open => Open(now),
                OnLimiterDown.Closed => Closed(),
                _ => Share(now, policy.Limits),
            };
        }

        if (ask)
        {
            _ = CallAsync(0);
        }

        return decision;
    }

    private LimitDecision Open(long now)
    {
        Remember(now);
        _around.Metrics.AdmittedOpen();
        return LimitDecision.Unlimited;
    }

    private LimitDecision Closed()
    {
        _around.Metrics.Refused(LimitWindow.None);
        return new LimitDecision(LimitRefusals.LimiterDown(), 0, 0, TimeSpan.Zero);
    }

    private LimitDecision Share(long now, LimitSettings limits)
    {
        CountAll(now);
        var share = _share.Take(now, _around.Gateways, limits);
        if (share.Admitted)
        {
            Remember(now);
            _around.Metrics.AdmittedByShare();
            return new LimitDecision(null, share.Limit, share.Remaining, Standing.Length(share.Limiting));
        }

        _around.Metrics.Refused(share.Limiting);
        var refusal = LimitRefusals.Exceeded(Subject, share.Limiting, limits.Of(share.Limiting), share.RetryAfter, blocked: false);
        return new LimitDecision(refusal, share.Limit, 0, share.RetryAfter);
    }

    private void Remember(long now)
    {
        if (_unleased.Count == MostUnleased)
        {
            _unleased.RemoveRange(0, MostUnleased / 2);
        }

        _unleased.Add(now + 1);
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
        LimiterLog.Down(_around.Logger, failure, Subject, _around.Policy.WhenDown);
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
