using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class RetryBudgetTests
{
    private static readonly RetryAllowance Default = new(0.2, 3);

    [Theory]
    [InlineData(0, 3)]
    [InlineData(10, 3)]
    [InlineData(15, 3)]
    [InlineData(20, 4)]
    [InlineData(100, 20)]
    [InlineData(104, 20)]
    public void Allowance_IsAFifthOfWhatIsInFlightAndAtLeastThree(int inFlight, int retries) => Assert.Equal(retries, Default.Of(inFlight));

    [Fact]
    public void Retries_AtAProviderThatAnswers_AreNotHeld()
    {
        var budget = new RetryBudget();

        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(budget.TryBegin(inFlight: 1, Default)));
        Assert.Equal(100, budget.Retries);
    }

    [Fact]
    public void Retries_AtAProviderThatFails_StayWithinTheAllowance()
    {
        var budget = Failing();

        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => budget.TryBegin(inFlight: 100, Default)));
        Assert.Equal(20, budget.Retries);
        budget.End();
        Assert.True(budget.TryBegin(inFlight: 100, Default));
        Assert.False(budget.TryBegin(inFlight: 100, Default));
    }

    [Fact]
    public void Provider_IsHeldToFail_AfterSixFailuresInARow_AndToAnswerAfterSixAnswers()
    {
        var budget = new RetryBudget();
        var failing = Enumerable.Range(1, 6).Select(_ => Noted(budget, failed: true)).ToList();
        Assert.Equal([false, false, false, false, false, true], failing);
        for (var i = 0; i < 100; i++)
        {
            budget.Note(failed: true);
        }

        Assert.Equal([true, true, true, true, true, false], Enumerable.Range(1, 6).Select(_ => Noted(budget, failed: false)));
    }

    [Fact]
    public void Budget_UnderManyThreads_NeverAllowsMoreThanItsShare()
    {
        var budget = Failing();
        var most = 0;

        Parallel.For(0, 20_000, _ =>
        {
            if (budget.TryBegin(inFlight: 50, Default))
            {
                InterlockedMax(ref most, budget.Retries);
                budget.End();
            }
        });

        Assert.Equal(0, budget.Retries);

        // Others that are just being refused are in the count for a moment.
        Assert.InRange(most, 1, 10 + Environment.ProcessorCount + 64);
    }

    private static RetryBudget Failing()
    {
        var budget = new RetryBudget();
        for (var i = 0; i < 10; i++)
        {
            budget.Note(failed: true);
        }

        return budget;
    }

    private static bool Noted(RetryBudget budget, bool failed)
    {
        budget.Note(failed);
        return budget.IsFailing;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var found && found != seen)
        {
            seen = found;
        }
    }
}
