using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.GatewayApi.Budgets;

/// <content>Requests that did not fit, and what is decided where the cluster does not answer.</content>
internal sealed partial class SubjectBudget
{
    // Tokens are decided here where the cluster is slow. Money can be decided by it alone, so that is waited for longer.
    private static readonly TimeSpan LongestWaitForTokens = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWaitForMoney = TimeSpan.FromSeconds(2);

    private volatile bool _down;
    private long _retryAt;
    private LocalTokenShare? _share;

    /// <summary>Waits for room; <see langword="null"/>: the subject was evicted, look its successor up.</summary>
    public async ValueTask<BudgetDecision?> WaitAsync(BudgetLimits limits, Amount wanted, CancellationToken cancellationToken)
    {
        var waiter = new BudgetWaiter(limits, wanted);
        lock (_gate)
        {
            if (_evicted)
            {
                return null;
            }

            _limits = limits;
            var now = Now;
            Volatile.Write(ref _lastActive, now);
            if (_denial is { } denial && now < denial.Until && denial.Least.FitsIn(wanted))
            {
                _around.Metrics.Refused(denial.Limit);
                return new BudgetDecision(default, denial.Say(Subject, limits));
            }

            if (_down)
            {
                return DecideAlone(limits, wanted, now);
            }

            _waiting.Add(waiter);
            EnsureCall();
        }

        try
        {
            var longest = limits.HasMoney && wanted.NanoDollars > 0 ? LongestWaitForMoney : LongestWaitForTokens;
            return await waiter.Decided.WaitAsync(longest, _around.Clock.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return GiveUp(waiter, new TimeoutException("The budget did not answer in time."));
        }
        catch (OperationCanceledException)
        {
            Leave(waiter);
            throw;
        }
    }

    private BudgetDecision GiveUp(BudgetWaiter waiter, Exception failure)
    {
        lock (_gate)
        {
            if (waiter.IsDecided)
            {
                return waiter.Decided.Result;
            }

            waiter.HasLeft = true;
            _waiting.Remove(waiter);
            MarkDown(failure);
            return DecideAlone(waiter.Limits, waiter.Wanted, Now);
        }
    }

    // What was granted meanwhile to a client that has left goes to others.
    private void Leave(BudgetWaiter waiter)
    {
        BudgetDecision? decision = null;
        lock (_gate)
        {
            waiter.HasLeft = true;
            _waiting.Remove(waiter);
            decision = waiter.IsDecided ? waiter.Decided.Result : null;
        }

        if (decision is { Refusal: null } granted)
        {
            Settle(granted.Taken, default);
        }
    }

    private BudgetDecision DecideAlone(BudgetLimits limits, Amount wanted, long now)
    {
        if (now >= _retryAt)
        {
            EnsureCall();
        }

        var whenDown = _around.Policy.WhenDown;
        if ((limits.HasMoney && wanted.NanoDollars > 0) || whenDown == OnLimiterDown.Closed)
        {
            _around.Metrics.Refused(BudgetLimit.None);
            return new BudgetDecision(default, LimitRefusals.LimiterDown());
        }

        var full = whenDown == OnLimiterDown.Open ? BudgetLimit.None : (_share ??= NewShare(now)).Take(wanted.Tokens, limits, now);
        if (full != BudgetLimit.None)
        {
            _around.Metrics.Refused(full);
            return new BudgetDecision(default, BudgetRefusals.Over(Subject, full, limits.Of(full), TimeSpan.FromSeconds(1), isSpent: false));
        }

        // Nothing was reserved: what it uses is told when the cluster answers again, and counts then.
        _inFlight++;
        return new BudgetDecision(new Taken(now, 0, _around.Today, default), null);
    }

    private LocalTokenShare NewShare(long now) => new(now, _around.Gateways, _standing);

    private void MarkDown(Exception failure)
    {
        var now = Now;
        _retryAt = now + RetryWhenDownMilliseconds;
        if (_down)
        {
            return;
        }

        _down = true;
        _share = null;
        _around.Metrics.WentDown();
        BudgetLog.Down(_around.Logger, failure, Subject, _around.Policy.WhenDown);
    }

    private void MarkUp()
    {
        if (_down)
        {
            _down = false;
            _share = null;
            _around.Metrics.CameBack();
            BudgetLog.Back(_around.Logger, Subject);
        }
    }
}
