using ProxyCluster.Core.Budgets;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What this gateway holds of one subject's budget: requests take from it, and give back what they did not use.</summary>
/// <remarks>
/// Everything happens under one lock, and at most one grain call is under way. Who does not fit waits in line for the next call,
/// which first gives everything back and asks for exactly what those who wait need: so nothing that is free is out of reach.
/// </remarks>
internal sealed partial class SubjectBudget
{
    private const int IdleMilliseconds = 2_000;
    private const int TellEveryMilliseconds = 3_000;
    private const int MostEnded = 4_096;
    private const int EndedThatAreTold = 256;

    private readonly Lock _gate = new();
    private readonly BudgetSurroundings _around;
    private readonly List<BudgetWaiter> _waiting = [];
    private readonly List<(long At, Settlement Settlement)> _ended = [];
    private readonly List<Returned> _leftovers = [];
    private readonly OutputHistories _histories = new();
    private readonly DrawRate _rate = new();

    private BudgetLimits _limits;
    private Returned _free;
    private long _endsAt = long.MinValue;
    private BudgetStanding? _standing;
    private Denial? _denial;
    private int _inFlight;
    private long _lastActive;
    private bool _evicted;

    public SubjectBudget(string subject, BudgetSurroundings around)
    {
        Subject = subject;
        _around = around;
        _lastActive = Now;
    }

    /// <summary>Whose budget.</summary>
    public string Subject { get; }

    /// <summary>Whether it was dropped: whoever still holds it must look its successor up.</summary>
    public bool IsEvicted => Volatile.Read(ref _evicted);

    private long Now => _around.Clock.Now;

    /// <summary>Takes from what is in hand.</summary>
    /// <param name="limits">The limits in force.</param>
    /// <param name="wanted">How much.</param>
    /// <param name="taken">What was taken.</param>
    public bool TryTake(BudgetLimits limits, in Amount wanted, out Taken taken)
    {
        lock (_gate)
        {
            var now = Now;
            taken = default;
            if (_evicted || !(wanted.IsZero || (_waiting.Count == 0 && now < _endsAt && wanted.FitsIn(_free.Amount))))
            {
                return false;
            }

            _limits = limits;
            taken = Take(now, wanted);
            if (_rate.Ahead(now) is { IsZero: false } ahead && !IsNearEnd && !(ahead - _free.Amount).FitsIn(_free.Amount))
            {
                EnsureCall();
            }

            return true;
        }
    }

    /// <summary>Takes more for a request that has outgrown what it took.</summary>
    /// <returns><see langword="false"/>: there is nothing in hand; the request goes on all the same, and is settled as it ends.</returns>
    public bool TryExtend(in Amount more, ref Taken taken)
    {
        lock (_gate)
        {
            if (Now >= _endsAt || taken.Tag != _free.Tag || taken.Day != _free.Day || !more.FitsIn(_free.Amount))
            {
                return false;
            }

            _free = _free with { Amount = _free.Amount - more };
            taken = taken with { Amount = taken.Amount + more };
            return true;
        }
    }

    /// <summary>A request has ended: what it used counts, the rest is free again.</summary>
    public void Settle(in Taken taken, in Amount actual)
    {
        lock (_gate)
        {
            var now = Now;
            _inFlight--;
            Volatile.Write(ref _lastActive, now);
            if (taken.Amount.IsZero && actual.IsZero)
            {
                return;
            }

            var back = taken.Amount - taken.Amount.AtMost(actual);
            var staysHere = !IsNearEnd && now < _endsAt && taken.Tag == _free.Tag && taken.Day == _free.Day;
            if (staysHere)
            {
                _free = _free with { Amount = _free.Amount + back };
            }

            Tell(taken.At, new Settlement(0, taken.Tag, taken.Day, staysHere ? taken.Amount - back : taken.Amount, actual));
            BoundEnded();
            ServeWaiting(now);
            if (IsNearEnd || _waiting.Count > 0 || _ended.Count >= EndedThatAreTold)
            {
                EnsureCall();
            }
        }
    }

    /// <summary>How long the answers of a model to this caller were; <see langword="null"/>: too many models.</summary>
    public OutputHistory? HistoryOf(string model) => _histories.Of(model);

    /// <summary>How the subject stands against its most constrained limit on tokens.</summary>
    public TokenStanding Standing()
    {
        lock (_gate)
        {
            if (_standing is not { Limits.HasTokens: true } told)
            {
                return default;
            }

            var most = default(TokenStanding);
            foreach (var limit in (ReadOnlySpan<BudgetLimit>)[BudgetLimit.TokensPerMinute, BudgetLimit.TokensPerHour])
            {
                var level = told.Of(limit);
                var left = level.LeftOf(told.Limits.Of(limit)) + _free.Amount.Tokens;
                if (told.Limits.Of(limit) > 0 && (most.Limit == 0 || left < most.Remaining))
                {
                    most = new TokenStanding(told.Limits.Of(limit), Math.Min(left, told.Limits.Of(limit)), level.Reset, limit);
                }
            }

            return most;
        }
    }

    private bool IsNearEnd => _standing is { IsNearEnd: true };

    private Taken Take(long now, in Amount wanted)
    {
        Volatile.Write(ref _lastActive, now);
        _inFlight++;
        if (wanted.IsZero)
        {
            return new Taken(now, 0, _around.Today, default);
        }

        _free = _free with { Amount = _free.Amount - wanted };
        _rate.Drew(wanted);
        return new Taken(now, _free.Tag, _free.Day, wanted);
    }

    private void ServeWaiting(long now)
    {
        while (_waiting.Count > 0 && now < _endsAt && _waiting[0].Wanted.FitsIn(_free.Amount))
        {
            _waiting[0].Decide(new BudgetDecision(Take(now, _waiting[0].Wanted), null));
            _waiting.RemoveAt(0);
        }
    }

    private void PutBack()
    {
        if (!_free.Amount.IsZero)
        {
            _leftovers.Add(_free);
            _free = default;
        }
    }

    // What was taken in one millisecond of one grant counts as one: at high rates most of what there is to tell.
    private void Tell(long at, in Settlement settlement)
    {
        if (_ended.Count > 0 && _ended[^1] is var (lastAt, last) && lastAt == at && IsAlike(last, settlement))
        {
            _ended[^1] = (at, Sum(last, settlement));
            return;
        }

        _ended.Add((at, settlement));
    }

    private static bool IsAlike(in Settlement one, in Settlement other) => one.Tag == other.Tag && one.Day == other.Day;

    private static Settlement Sum(in Settlement one, in Settlement other) =>
        one with { Reserved = one.Reserved + other.Reserved, Actual = one.Actual + other.Actual };

    // While the cluster is silent for long, neighbours are told as one, dated as the later of them: that counts no less.
    private void BoundEnded()
    {
        if (_ended.Count <= MostEnded)
        {
            return;
        }

        var kept = 0;
        var leastKept = _ended.Count / 4;
        for (var i = 0; i < _ended.Count; i++)
        {
            var (at, one) = _ended[i];
            if (kept > leastKept && _ended[kept - 1] is var (lastAt, last) && IsAlike(last, one))
            {
                _ended[kept - 1] = (Math.Max(lastAt, at), Sum(last, one));
            }
            else
            {
                _ended[kept++] = (at, one);
            }
        }

        _ended.RemoveRange(kept, _ended.Count - kept);
    }

    /// <summary>A refusal of the cluster, repeated here for a moment instead of asking again.</summary>
    private sealed record Denial(long Until, Amount Least, BudgetLimit Limit, TimeSpan RetryAfter, bool IsSpent)
    {
        public Refusal Say(string subject, BudgetLimits limits) => BudgetRefusals.Over(subject, Limit, limits.Of(Limit), RetryAfter, IsSpent);
    }
}
