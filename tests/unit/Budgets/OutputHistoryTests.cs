using ProxyCluster.Core.Budgets;

namespace ProxyCluster.Tests.Unit.Budgets;

public sealed class OutputHistoryTests
{
    [Fact]
    public void Expected_OfFewAnswers_IsNotKnown()
    {
        var history = new OutputHistory();
        for (var i = 0; i < 7; i++)
        {
            history.Add(100);
        }

        Assert.Equal(0, history.Expected);
        history.Add(100);
        Assert.Equal(150, history.Expected);
    }

    [Fact]
    public void Expected_IsOneAndAHalfTimesTheNinetyFifthPercentileOfTheLastSixtyFour()
    {
        var history = new OutputHistory();
        for (var i = 0; i < 100; i++)
        {
            history.Add(1_000_000);
        }

        for (var i = 1; i <= 64; i++)
        {
            history.Add(i * 10);
        }

        // The 61st of 64.
        Assert.Equal(915, history.Expected);
    }
}
