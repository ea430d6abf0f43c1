using ProxyCluster.Core.Budgets;

namespace ProxyCluster.Tests.Unit.Budgets;

/// <summary>A gateway that calls a book by hand.</summary>
internal sealed class Calls(BudgetBook book, BudgetLimits limits)
{
    private readonly Guid _holder = Guid.NewGuid();
    private long _sequence;

    public static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    public static int Today { get; } = DateOnly.FromDateTime(Noon.UtcDateTime).DayNumber;

    /// <summary>Milliseconds since <see cref="Noon"/>.</summary>
    public long Now { get; set; }

    public BudgetCall? Last { get; private set; }

    public static Amount Tokens(long tokens) => new(tokens, 0);

    public static Amount Dollars(decimal dollars) => new(0, Money.ToNanoDollars(dollars));

    public BudgetAnswer Ask(params Amount[] waiting) => Send([], [], waiting, default);

    public BudgetAnswer Ahead(Amount ahead) => Send([], [], [], ahead);

    public BudgetAnswer Settle(BudgetAnswer from, Amount reserved, Amount actual, int ageMilliseconds = 0) =>
        Send([new Settlement(ageMilliseconds, from.Tag, from.Day, reserved, actual)], [], [], default);

    public BudgetAnswer Return(BudgetAnswer from, Amount amount) => Send([], [new Returned(from.Tag, from.Day, amount)], [], default);

    public BudgetAnswer Repeat() => book.Apply(Last!, Now, Noon.AddMilliseconds(Now));

    public BudgetStanding Look() => book.Look(limits, Now, Noon.AddMilliseconds(Now));

    private BudgetAnswer Send(Settlement[] settled, Returned[] returned, Amount[] waiting, Amount ahead)
    {
        Last = new BudgetCall(_holder, ++_sequence, limits, [.. settled], [.. returned], [.. waiting], ahead);
        return Repeat();
    }
}
