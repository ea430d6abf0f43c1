using System.Collections.Immutable;
using ProxyCluster.Core.Budgets;

namespace ProxyCluster.Tests.Unit.Budgets;

public sealed class BudgetBookTests
{
    private static readonly BudgetLimits FourDollarsADay = new(0, 0, Money.ToNanoDollars(4), 0);
    private static readonly BudgetLimits HundredTokens = new(100, 0, 0, 0);

    [Fact]
    public void Money_ForFourOfManyWaiting_IsGrantedFourTimes()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);

        var answer = calls.Ask([.. Enumerable.Repeat(Calls.Dollars(1), 100)]);

        Assert.Equal((Calls.Dollars(4), BudgetLimit.DollarsPerDay), (answer.Granted, answer.Refused));
    }

    [Fact]
    public void Waiting_OneThatDoesNotFit_IsPassedOver()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);

        var answer = calls.Ask(Calls.Dollars(3), Calls.Dollars(2), Calls.Dollars(1));

        Assert.Equal((Calls.Dollars(4), BudgetLimit.DollarsPerDay), (answer.Granted, answer.Refused));
    }

    [Fact]
    public void Settlement_BelowTheReservation_FreesTheRest()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        var granted = calls.Ask(Calls.Dollars(4));

        calls.Settle(granted, Calls.Dollars(4), Calls.Dollars(1));

        Assert.Equal(Calls.Dollars(3), calls.Ask(Calls.Dollars(3)).Granted);
        Assert.Equal(new BudgetLevel(Money.ToNanoDollars(1), Money.ToNanoDollars(3), TimeSpan.FromHours(12)), calls.Look().Day);
    }

    [Fact]
    public void Settlement_AboveTheReservation_CountsWhole()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        var granted = calls.Ask(Calls.Dollars(1));

        calls.Settle(granted, Calls.Dollars(1), Calls.Dollars(5));

        Assert.Equal(Money.ToNanoDollars(5), calls.Look().Day.Used);
    }

    [Fact]
    public void Call_Repeated_IsCountedOnceAndAnsweredAgain()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        var granted = calls.Ask(Calls.Dollars(3));
        Assert.Equal((granted.Granted, granted.Tag, granted.Day), (calls.Repeat().Granted, calls.Repeat().Tag, calls.Repeat().Day));

        calls.Settle(granted, Calls.Dollars(3), Calls.Dollars(2));
        calls.Repeat();

        Assert.Equal((Money.ToNanoDollars(2), 0L), (calls.Look().Day.Used, calls.Look().Day.Held));
    }

    [Fact]
    public void Call_OlderThanTheLast_ChangesNothing()
    {
        var book = new BudgetBook();
        var calls = new Calls(book, FourDollarsADay);
        calls.Ask(Calls.Dollars(1));
        var old = calls.Last!;
        calls.Ask(Calls.Dollars(1));

        var answer = book.Apply(old, 0, Calls.Noon);

        Assert.Equal((default, Money.ToNanoDollars(2)), (answer.Granted, calls.Look().Day.Held));
    }

    [Fact]
    public void Refusal_OfASpentBudget_LastsUntilMidnight()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        calls.Settle(calls.Ask(Calls.Dollars(4)), Calls.Dollars(4), Calls.Dollars(4));

        var refused = calls.Ask(Calls.Dollars(1));

        Assert.Equal((BudgetLimit.DollarsPerDay, TimeSpan.FromHours(12), true), (refused.Refused, refused.RetryAfter, refused.IsSpent));
        calls.Now = (long)TimeSpan.FromHours(12).TotalMilliseconds;
        Assert.Equal(Calls.Dollars(1), calls.Ask(Calls.Dollars(1)).Granted);
    }

    [Fact]
    public void Refusal_WhereRequestsInFlightHoldTheBudget_IsNotForLong()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        calls.Ask(Calls.Dollars(4));

        var refused = calls.Ask(Calls.Dollars(1));

        Assert.Equal((BudgetLimit.DollarsPerDay, TimeSpan.FromSeconds(1), false), (refused.Refused, refused.RetryAfter, refused.IsSpent));
    }

    [Fact]
    public void Month_OutlastsItsDays_AndEndsWithItself()
    {
        var month = new BudgetLimits(0, 0, 0, Money.ToNanoDollars(2));
        var calls = new Calls(new BudgetBook(), month);
        calls.Settle(calls.Ask(Calls.Dollars(2)), Calls.Dollars(2), Calls.Dollars(2));

        calls.Now = (long)TimeSpan.FromDays(4).TotalMilliseconds;
        Assert.Equal((BudgetLimit.DollarsPerMonth, TimeSpan.FromHours(12)), (calls.Ask(Calls.Dollars(1)).Refused, calls.Look().Month.Reset));
        calls.Now = (long)TimeSpan.FromDays(4.5).TotalMilliseconds;
        Assert.Equal(Calls.Dollars(1), calls.Ask(Calls.Dollars(1)).Granted);
    }

    [Fact]
    public void Money_OfALostGateway_StaysCounted()
    {
        var book = new BudgetBook();
        var lost = new Calls(book, FourDollarsADay);
        lost.Ask(Calls.Dollars(3));
        var other = new Calls(book, FourDollarsADay) { Now = (long)TimeSpan.FromHours(2).TotalMilliseconds };

        Assert.Equal(BudgetLimit.DollarsPerDay, other.Ask(Calls.Dollars(2)).Refused);
        Assert.Equal((Money.ToNanoDollars(3), 0L), (other.Look().Day.Used, other.Look().Day.Held));
    }

    [Fact]
    public void Money_OfAGatewayThatComesBack_IsSettledAsItWas()
    {
        var book = new BudgetBook();
        var calls = new Calls(book, FourDollarsADay);
        var granted = calls.Ask(Calls.Dollars(3));

        calls.Now = (long)TimeSpan.FromMinutes(50).TotalMilliseconds;
        calls.Settle(granted, Calls.Dollars(3), Calls.Dollars(1));

        Assert.Equal((Money.ToNanoDollars(1), 0L), (calls.Look().Day.Used, calls.Look().Day.Held));
    }

    [Fact]
    public void Money_OfAGatewayThatComesBackTooLate_IsNotCountedTwice()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        var granted = calls.Ask(Calls.Dollars(3));
        var other = new Calls(new BudgetBook(), FourDollarsADay);

        calls.Now = (long)TimeSpan.FromHours(2).TotalMilliseconds;
        calls.Settle(granted, Calls.Dollars(3), Calls.Dollars(2));

        Assert.Equal(Money.ToNanoDollars(3), calls.Look().Day.Used);
        Assert.Equal(0, other.Look().Day.Used);
    }

    [Fact]
    public void Tokens_Settled_CountAtTheTimeOfTheirReservation()
    {
        var calls = new Calls(new BudgetBook(), HundredTokens) { Now = 10_000 };
        var granted = calls.Ask(Calls.Tokens(80));
        Live(calls, 50_000);
        calls.Settle(granted, Calls.Tokens(80), Calls.Tokens(60), ageMilliseconds: 40_000);

        Assert.Equal((60L, 0L), (calls.Look().Minute.Used, calls.Look().Minute.Held));
        calls.Now = 69_999;
        Assert.Equal(BudgetLimit.TokensPerMinute, calls.Ask(Calls.Tokens(50)).Refused);
        calls.Now = 70_000;
        Assert.Equal(Calls.Tokens(50), calls.Ask(Calls.Tokens(50)).Granted);
    }

    [Fact]
    public void Tokens_InFlightForLongerThanTheWindow_StillCount()
    {
        var calls = new Calls(new BudgetBook(), HundredTokens);
        calls.Ask(Calls.Tokens(80));
        Live(calls, 90_000);

        Assert.Equal(BudgetLimit.TokensPerMinute, calls.Ask(Calls.Tokens(30)).Refused);
    }

    [Fact]
    public void Tokens_OfASilentGateway_CountFromWhenItMayHaveUsedThem()
    {
        var book = new BudgetBook();
        new Calls(book, HundredTokens).Ask(Calls.Tokens(80));
        var other = new Calls(book, HundredTokens) { Now = 69_999 };
        Assert.Equal(BudgetLimit.TokensPerMinute, other.Ask(Calls.Tokens(30)).Refused);

        other.Now = 70_000;

        Assert.Equal(Calls.Tokens(30), other.Ask(Calls.Tokens(30)).Granted);
    }

    [Fact]
    public void Tokens_OfASilentGateway_ThatThenTells_FreeNobodyElses()
    {
        var calls = new Calls(new BudgetBook(), HundredTokens);
        var lost = calls.Ask(Calls.Tokens(40));
        calls.Now = 20_000;
        calls.Ask(Calls.Tokens(40));

        calls.Settle(lost, Calls.Tokens(40), Calls.Tokens(10), ageMilliseconds: 20_000);

        Assert.Equal((40L, 40L), (calls.Look().Minute.Used, calls.Look().Minute.Held));
    }

    [Fact]
    public void Request_LargerThanTheLimit_IsRefusedForGood()
    {
        var refused = new Calls(new BudgetBook(), HundredTokens).Ask(Calls.Tokens(101));

        Assert.Equal((BudgetLimit.TokensPerMinute, true), (refused.Refused, refused.IsSpent));
    }

    [Fact]
    public void Ahead_FarFromTheEnd_IsGranted_AndNearItIsNot()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        Assert.Equal(Calls.Dollars(0.1m), calls.Ahead(Calls.Dollars(0.1m)).Granted);
        calls.Ask(Calls.Dollars(3.6m));

        var near = calls.Ahead(Calls.Dollars(0.01m));

        Assert.Equal((default, true), (near.Granted, near.Standing.IsNearEnd));
    }

    [Fact]
    public void Alerts_AreToldOncePerPartAndDay()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        Assert.Equal([50], Percents(Spend(calls, 2)));
        Assert.Empty(Spend(calls, 0.5m));
        Assert.Equal([80, 100], Percents(Spend(calls, 1.5m)));
        Assert.Empty(calls.Ask(Calls.Dollars(1)).Alerts);

        calls.Now = (long)TimeSpan.FromHours(13).TotalMilliseconds;

        Assert.Equal([50], Percents(Spend(calls, 2)));
    }

    [Fact]
    public void Alert_OfARepeatedCall_IsToldAgain()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        Spend(calls, 2);

        Assert.Equal([50], Percents(calls.Repeat().Alerts));
    }

    [Fact]
    public void Alert_OfABudgetThatIsTooSmallForTheNext_SaysThatItIsSpent()
    {
        var calls = new Calls(new BudgetBook(), FourDollarsADay);
        Spend(calls, 3.9m);

        Assert.Equal([100], Percents(calls.Ask(Calls.Dollars(1)).Alerts));
    }

    // A gateway that is not heard is taken for dead.
    private static void Live(Calls calls, long until)
    {
        while (calls.Now < until)
        {
            calls.Now += 5_000;
            calls.Ask();
        }
    }

    private static ImmutableArray<BudgetAlert> Spend(Calls calls, decimal dollars)
    {
        var granted = calls.Ask(Calls.Dollars(dollars));
        Assert.Equal(Calls.Dollars(dollars), granted.Granted);
        return calls.Settle(granted, Calls.Dollars(dollars), Calls.Dollars(dollars)).Alerts;
    }

    private static IEnumerable<int> Percents(IEnumerable<BudgetAlert> alerts) => alerts.Select(static alert => alert.Percent);
}
