using System.Collections.Immutable;
using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <content>The one call to the budget's grain that is under way, what it tells, and what it brings.</content>
internal sealed partial class SubjectBudget
{
    // What is in hand ends here before it ends at the grain.
    private const int SafetyMilliseconds = 200;
    private const int RetryWhenDownMilliseconds = 500;
    private const int MostWaitingInACall = 256;
    private const int MostSettledInACall = 512;
    private const int DenialMilliseconds = 250;
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);

    private readonly Guid _holder = Guid.NewGuid();
    private BudgetCall? _outgoing;
    private List<BudgetWaiter> _asking = [];
    private List<(long At, Settlement Settlement)> _telling = [];
    private long _sequence;
    private long _toldAt;
    private bool _calling;
    private Task _calls = Task.CompletedTask;

    /// <summary>Begins a call, unless one is under way. Never throws.</summary>
    public Task CallAsync()
    {
        lock (_gate)
        {
            EnsureCall();
            return _calls;
        }
    }

    // Under the lock.
    private void EnsureCall()
    {
        if (!_calling)
        {
            _calling = true;
            _calls = Task.Run(CallAllAsync);
        }
    }

    private async Task CallAllAsync()
    {
        var isMore = true;
        while (isMore)
        {
            isMore = await CallOnceAsync();
        }
    }

    private async Task<bool> CallOnceAsync()
    {
        var sentAt = Now;
        BudgetCall call;
        lock (_gate)
        {
            call = Prepare(sentAt);
        }

        try
        {
            var answer = await _around.AskAsync(Subject, call).WaitAsync(CallDeadline, _around.Clock.Time);
            _around.Metrics.Answered(call, answer);
            bool isMore;
            lock (_gate)
            {
                isMore = Accept(answer, sentAt);
            }

            _around.Bell.Ring(Subject, call.Limits, answer.Alerts);
            return isMore;
        }
        catch (Exception failure)
        {
            // Whether it was counted is not known: the same call goes out again, and counts once.
            _around.Metrics.CallFailed();
            lock (_gate)
            {
                Fail(failure);
            }

            return false;
        }
    }

    private BudgetCall Prepare(long now)
    {
        if (_outgoing is not null)
        {
            return Aged(now);
        }

        _asking = [.. _waiting.Take(MostWaitingInACall)];
        if (_asking.Count > 0 || now >= _endsAt)
        {
            PutBack();
        }

        var count = Math.Min(_ended.Count, MostSettledInACall);
        _telling = _ended.GetRange(0, count);
        _ended.RemoveRange(0, count);
        var ahead = now - Volatile.Read(ref _lastActive) < IdleMilliseconds ? _limits.Limited(_rate.Ahead(now)) : default;
        _outgoing = new BudgetCall(
            _holder,
            ++_sequence,
            _limits,
            [],
            [.. _leftovers],
            [.. _asking.Select(static waiter => waiter.Wanted)],
            new Amount(Math.Max(0, ahead.Tokens - _free.Amount.Tokens), Math.Max(0, ahead.NanoDollars - _free.Amount.NanoDollars)));
        _leftovers.Clear();
        return Aged(now);
    }

    // A call that was delayed tells ages as they are when it is sent again: else tokens would count as used too late, or too early.
    private BudgetCall Aged(long now)
    {
        var settled = ImmutableArray.CreateBuilder<Settlement>(_telling.Count);
        foreach (var (at, settlement) in _telling)
        {
            settled.Add(settlement with { AgeMilliseconds = (int)Math.Clamp(now - at, 0, int.MaxValue) });
        }

        return _outgoing! with { Settled = settled.MoveToImmutable() };
    }

    private bool Accept(BudgetAnswer answer, long sentAt)
    {
        var now = Now;
        _outgoing = null;
        _telling = [];
        _toldAt = now;
        _standing = answer.Standing;
        MarkUp();
        if (answer.Tag != _free.Tag || answer.Day != _free.Day)
        {
            PutBack();
        }

        _free = new Returned(answer.Tag, answer.Day, _free.Amount + answer.Granted);
        var life = answer.TimeToLive < answer.DayLeft ? answer.TimeToLive : answer.DayLeft;
        _endsAt = sentAt + (long)life.TotalMilliseconds - SafetyMilliseconds;
        DecideAsked(answer, now);
        ServeWaiting(now);
        if (IsNearEnd)
        {
            PutBack();
        }

        _calling = _waiting.Count > 0 || _leftovers.Count > 0 || _ended.Count >= EndedThatAreTold;
        return _calling;
    }

    // What they asked for was granted for them, so it is theirs also where the day ends this very moment.
    private void DecideAsked(BudgetAnswer answer, long now)
    {
        foreach (var waiter in _asking)
        {
            if (waiter.IsDecided || waiter.HasLeft)
            {
                continue;
            }

            if (waiter.Wanted.FitsIn(_free.Amount))
            {
                waiter.Decide(new BudgetDecision(Take(now, waiter.Wanted), null));
            }
            else if (answer.Refused != BudgetLimit.None)
            {
                _denial = new Denial(now + DenialMilliseconds, waiter.Wanted, answer.Refused, answer.RetryAfter, answer.IsSpent);
                _around.Metrics.Refused(answer.Refused);
                waiter.Decide(new BudgetDecision(default, _denial.Say(Subject, waiter.Limits)));
            }
        }

        _asking = [];
        _waiting.RemoveAll(static waiter => waiter.IsDecided);
    }

    private void Fail(Exception failure)
    {
        _calling = false;
        MarkDown(failure);
        var now = Now;
        foreach (var waiter in _waiting)
        {
            waiter.Decide(DecideAlone(waiter.Limits, waiter.Wanted, now));
        }

        _waiting.Clear();
    }
}
