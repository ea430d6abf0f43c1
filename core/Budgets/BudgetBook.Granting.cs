namespace ProxyCluster.Core.Budgets;

/// <content>Who gets how much.</content>
public sealed partial class BudgetBook
{
    private const long SoonMilliseconds = 1_000;
    private const long ScarceMilliseconds = 10_000;
    private const int NearEndDivisor = 10;

    private Decision Decide(BudgetCall call, in Moment moment)
    {
        var room = Room(call.Limits, moment);
        var granted = default(Amount);
        var refused = default(Decision);
        foreach (var wanted in call.Waiting.IsDefault ? [] : call.Waiting)
        {
            if (wanted.FitsIn(room - granted))
            {
                granted += wanted;
            }
            else if (refused.Refused == BudgetLimit.None)
            {
                refused = Refuse(call.Limits, wanted, granted, moment);
            }
        }

        if (refused.Refused == BudgetLimit.None)
        {
            return new Decision(granted + Ahead(call, room - granted, moment), BudgetLimit.None, TimeSpan.Zero, false);
        }

        _refusedAt = _now;
        return refused with { Granted = granted };
    }

    // Near the end each request is granted by itself: what one gateway parks would refuse another's request.
    private Amount Ahead(BudgetCall call, in Amount room, in Moment moment)
    {
        var parts = 4 * (ActiveHolders() + 1);
        var tokens = call.Ahead.Tokens <= room.Tokens / parts && !IsNearEnd(call.Limits, moment, isMoney: false) ? call.Ahead.Tokens : 0;
        var money = call.Ahead.NanoDollars <= room.NanoDollars / parts && !IsNearEnd(call.Limits, moment, isMoney: true) ? call.Ahead.NanoDollars : 0;
        return new Amount(Math.Max(0, tokens), Math.Max(0, money));
    }

    private bool IsNearEnd(BudgetLimits limits, in Moment moment, bool isMoney)
    {
        if (_now - _refusedAt < ScarceMilliseconds)
        {
            return true;
        }

        foreach (var limit in BudgetLimitKinds.All)
        {
            if (limit.IsMoney() == isMoney && limits.Of(limit) is > 0 and var most && Level(limit, moment).LeftOf(most) < most / NearEndDivisor)
            {
                return true;
            }
        }

        return false;
    }

    private int ActiveHolders() => _holders.Count(holder => holder.HeardAt is { } heard && _now - heard < TimeToLive.TotalMilliseconds);

    private Amount Room(BudgetLimits limits, in Moment moment)
    {
        long tokens = long.MaxValue, nanoDollars = long.MaxValue;
        foreach (var limit in BudgetLimitKinds.All)
        {
            if (limits.Of(limit) is not (> 0 and var most))
            {
                continue;
            }

            var left = Level(limit, moment).LeftOf(most);
            if (limit.IsMoney())
            {
                nanoDollars = Math.Min(nanoDollars, left);
            }
            else
            {
                tokens = Math.Min(tokens, left);
            }
        }

        return new Amount(tokens, nanoDollars);
    }

    // Of several limits without room, the one that is longest in the way.
    private Decision Refuse(BudgetLimits limits, in Amount wanted, in Amount granted, in Moment moment)
    {
        var longest = default(Decision);
        foreach (var limit in BudgetLimitKinds.All)
        {
            var isMoney = limit.IsMoney();
            var need = isMoney ? wanted.NanoDollars : wanted.Tokens;
            var level = Level(limit, moment);
            var surplus = level.Used + level.Held + (isMoney ? granted.NanoDollars : granted.Tokens) + need - limits.Of(limit);
            if (limits.Of(limit) == 0 || surplus <= 0)
            {
                continue;
            }

            var isSpent = isMoney ? level.Used + need > limits.Of(limit) : need > limits.Of(limit);
            var wait = isMoney ? (isSpent ? level.Reset : Span(SoonMilliseconds)) : WaitFor(limit, surplus);
            if (longest.Refused == BudgetLimit.None || wait > longest.RetryAfter)
            {
                longest = new Decision(default, limit, wait, isSpent);
            }
        }

        return longest;
    }

    private TimeSpan WaitFor(BudgetLimit limit, long surplus)
    {
        var window = limit == BudgetLimit.TokensPerMinute ? _minute : _hour;

        // Where what is held stands in the way, it may be settled at any moment.
        return Span(Math.Max(1, (window.FreeAt(surplus) ?? _now + SoonMilliseconds) - _now));
    }

    private BudgetStanding Stand(BudgetLimits limits, in Moment moment) => new(
        limits,
        Level(BudgetLimit.TokensPerMinute, moment),
        Level(BudgetLimit.TokensPerHour, moment),
        Level(BudgetLimit.DollarsPerDay, moment),
        Level(BudgetLimit.DollarsPerMonth, moment),
        IsNearEnd(limits, moment, isMoney: true) || IsNearEnd(limits, moment, isMoney: false));

    private BudgetLevel Level(BudgetLimit limit, in Moment moment)
    {
        var day = moment.Day;
        return limit switch
        {
            BudgetLimit.TokensPerMinute => Level(_minute),
            BudgetLimit.TokensPerHour => Level(_hour),
            BudgetLimit.DollarsPerDay => new(_days.On(day), HeldMoney(other => other == day), moment.DayLeft),
            BudgetLimit.DollarsPerMonth => new(
                _days.InMonthOf(day), HeldMoney(other => SpentDays.MonthOf(other) == SpentDays.MonthOf(day)), moment.MonthLeft),
            _ => default,
        };
    }

    private BudgetLevel Level(TokenWindow window)
    {
        var held = _holders.Sum(static holder => holder.Tokens);
        var free = held > 0 ? window.LengthMilliseconds : window.Used > 0 ? window.FreeAt(window.Used)!.Value - _now : 0;
        return new(window.Used, held, Span(free));
    }

    private long HeldMoney(Func<int, bool> pays)
    {
        var sum = 0L;
        foreach (var holder in _holders)
        {
            foreach (var (day, nanoDollars) in holder.NanoDollars)
            {
                sum += pays(day) ? nanoDollars : 0;
            }
        }

        return sum;
    }

    private static TimeSpan Span(long milliseconds) => TimeSpan.FromMilliseconds(Math.Max(0, milliseconds));
}
