using System.Collections.Immutable;

namespace ProxyCluster.Core.Budgets;

/// <summary>Decides everything about one subject's limits on tokens and money: who may hold how much, and what counts as used.</summary>
/// <remarks>
/// <para>The promise: however calls and answers are delayed, repeated or lost, and whichever gateway dies, what is used never
/// exceeds a limit by more than requests used beyond their reservations, and money counts at least as much as was spent. What a
/// gateway holds counts as used until it tells what became of it. Tokens that a silent gateway holds count as used when its time
/// to take them is over; money that it holds stays counted, and is settled if it comes back within an hour.</para>
/// <para>A settled request counts at the time and on the day at which it was reserved, so the difference to its reservation is
/// free again in the window where it was taken. Times are milliseconds of one clock, given by the caller. Not thread-safe: its
/// grain is its lock.</para>
/// </remarks>
public sealed partial class BudgetBook
{
    /// <summary>How long a gateway may take from what it holds, from the moment it sent a call.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(10);

    private const long PatienceMilliseconds = 5_000;
    private const long EmptyHolderMilliseconds = 120_000;
    private const long LostHolderMilliseconds = 3_600_000;

    private readonly List<BudgetHolder> _holders = [];
    private readonly TokenWindow _minute = new(TimeSpan.FromMinutes(1));
    private readonly TokenWindow _hour = new(TimeSpan.FromHours(1));
    private readonly SpentDays _days = new();
    private readonly BudgetAlerts _alerts = new();

    private long _now;
    private long? _refusedAt;

    /// <summary>Whether anything was changed that must be stored, since the book was made, read or last encoded.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>The latest time it was told, in milliseconds; 0: none yet.</summary>
    public long LatestTime => _now;

    /// <summary>Counts what a gateway tells and grants what it asks for, as far as there is room.</summary>
    /// <param name="call">What it tells and asks.</param>
    /// <param name="now">Milliseconds; what lies before the last call's counts as no time passed.</param>
    /// <param name="utc">The wall clock, for days and months.</param>
    public BudgetAnswer Apply(BudgetCall call, long now, DateTimeOffset utc)
    {
        ArgumentNullException.ThrowIfNull(call);
        var moment = new Moment(utc);
        Advance(now, moment.Day, call.Limits);
        var holder = HolderOf(call.Holder);
        holder.HeardAt = _now;
        if (call.Sequence <= holder.Sequence)
        {
            var isLast = call.Sequence == holder.Sequence;
            return Answer(holder, call.Limits, moment) with
            {
                Granted = isLast ? holder.Granted : default,
                Day = holder.GrantedDay,
                DayLeft = holder.GrantedDay == moment.Day ? moment.DayLeft : TimeSpan.Zero,
                Alerts = isLast ? holder.Alerts : [],
            };
        }

        holder.Sequence = call.Sequence;
        Settle(holder, call);
        var decision = Decide(call, moment);

        // A call that tells nothing and gets nothing only shows that its gateway lives: that is not worth a write.
        IsChanged |= !call.Settled.IsDefaultOrEmpty || !call.Returned.IsDefaultOrEmpty || !decision.Granted.IsZero;
        holder.Tokens += decision.Granted.Tokens;
        holder.AddMoney(moment.Day, decision.Granted.NanoDollars);
        holder.Granted = decision.Granted;
        holder.GrantedDay = moment.Day;
        holder.Alerts = FindAlerts(call.Limits, decision, moment);
        return Answer(holder, call.Limits, moment) with
        {
            Granted = decision.Granted,
            Refused = decision.Refused,
            RetryAfter = decision.RetryAfter,
            IsSpent = decision.IsSpent,
            Alerts = holder.Alerts,
        };
    }

    /// <summary>How the limits stand, for who holds nothing.</summary>
    public BudgetStanding Look(BudgetLimits limits, long now, DateTimeOffset utc)
    {
        var moment = new Moment(utc);
        Advance(now, moment.Day, limits);
        return Stand(limits, moment);
    }

    private BudgetHolder HolderOf(Guid id)
    {
        if (_holders.Find(candidate => candidate.Id == id) is { } known)
        {
            return known;
        }

        var holder = new BudgetHolder { Id = id, Since = _now, Tag = _now };
        _holders.Add(holder);
        return holder;
    }

    private ImmutableArray<BudgetAlert> FindAlerts(BudgetLimits limits, in Decision decision, in Moment moment)
    {
        var found = ImmutableArray<BudgetAlert>.Empty;
        foreach (var limit in (ReadOnlySpan<BudgetLimit>)[BudgetLimit.DollarsPerDay, BudgetLimit.DollarsPerMonth])
        {
            var isDay = limit == BudgetLimit.DollarsPerDay;
            var spent = isDay ? _days.On(moment.Day) : _days.InMonthOf(moment.Day);
            var isOver = decision.Refused == limit && decision.IsSpent;
            var period = isDay ? moment.Day : SpentDays.MonthOf(moment.Day);
            found = _alerts.Check(found, limit, period, isOver ? limits.Of(limit) : spent, limits.Of(limit));
        }

        IsChanged |= found.Length > 0;
        return found;
    }

    private BudgetAnswer Answer(BudgetHolder holder, BudgetLimits limits, in Moment moment) => new(
        default, holder.Tag, moment.Day, moment.DayLeft, TimeToLive, BudgetLimit.None, TimeSpan.Zero, false, Stand(limits, moment), []);

    /// <summary>A moment in the calendar.</summary>
    private readonly struct Moment(DateTimeOffset utc)
    {
        public int Day { get; } = DateOnly.FromDateTime(utc.UtcDateTime).DayNumber;

        public TimeSpan DayLeft { get; } = TimeSpan.FromDays(1) - utc.UtcDateTime.TimeOfDay;

        public TimeSpan MonthLeft
        {
            get
            {
                var date = DateOnly.FromDayNumber(Day);
                return DayLeft + TimeSpan.FromDays(DateTime.DaysInMonth(date.Year, date.Month) - date.Day);
            }
        }
    }

    private readonly record struct Decision(Amount Granted, BudgetLimit Refused, TimeSpan RetryAfter, bool IsSpent);
}
