using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.Tests.Unit.Providers.Circuits;

public sealed class QuotaBookTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly QuotaBook _book = new();

    [Fact]
    public void Spent_IsSoUntilItsReset()
    {
        _book.Note("m", 1, Requests(100, 0, reset: 30), CircuitCase.At(0));

        Assert.Equal(CircuitCase.At(30), _book.SpentUntil("m", keys: 1, Hour, CircuitCase.At(29)));
        Assert.Null(_book.SpentUntil("m", keys: 1, Hour, CircuitCase.At(30)));
        Assert.Null(_book.SpentUntil("n", keys: 1, Hour, CircuitCase.At(1)));
        Assert.True(_book.IsAnySpent(CircuitCase.At(29)));
        Assert.False(_book.IsAnySpent(CircuitCase.At(30)));
    }

    [Fact]
    public void Spent_OfTwoKinds_IsSoUntilTheLaterReset()
    {
        var reading = new QuotaReading(new QuotaAmount(100, 0, CircuitCase.At(5)), new QuotaAmount(1000, 0, CircuitCase.At(50)));
        _book.Note("m", 1, reading, CircuitCase.At(0));

        Assert.Equal(CircuitCase.At(50), _book.SpentUntil("m", keys: 1, Hour, CircuitCase.At(1)));
    }

    [Fact]
    public void Spent_OneKeyOfTwo_LeavesTheOther()
    {
        _book.Note("m", 1, Requests(100, 0, reset: 30), CircuitCase.At(0));
        Assert.Null(_book.SpentUntil("m", keys: 2, Hour, CircuitCase.At(1)));

        _book.Note("m", 2, Requests(100, 0, reset: 20), CircuitCase.At(1));
        Assert.Equal(CircuitCase.At(20), _book.SpentUntil("m", keys: 2, Hour, CircuitCase.At(2)));
    }

    [Fact]
    public void Spent_WithAResetFarAway_IsBelievedForTheLongestTimeAlone()
    {
        _book.Note("m", 1, Requests(100, 0, reset: 86_400), CircuitCase.At(10));

        Assert.Equal(CircuitCase.At(3610), _book.SpentUntil("m", keys: 1, Hour, CircuitCase.At(20)));
        Assert.Null(_book.SpentUntil("m", keys: 1, Hour, CircuitCase.At(3610)));
    }

    [Fact]
    public void Spent_WithoutAKey_CountsToo()
    {
        _book.Note("m", 0, Requests(100, 0, reset: 30), CircuitCase.At(0));

        Assert.Equal(CircuitCase.At(30), _book.SpentUntil("m", keys: 0, Hour, CircuitCase.At(1)));
    }

    [Theory]
    [InlineData(100, 11, null)]
    [InlineData(100, 10, null)]
    [InlineData(100, 5, 0.5)]
    [InlineData(100, 1, 0.1)]
    [InlineData(100, 0, 0.1)]
    [InlineData(0, 3, null)] // no limit is told
    public void Share_OfLittle_FallsInStepWithWhatIsLeft(long limit, long remaining, double? share)
    {
        _book.Note("m", 1, Requests(limit, remaining, reset: 60), CircuitCase.At(0));

        Assert.Equal(share, _book.Share("m", 1, low: 0.1, CircuitCase.At(1)));
        Assert.Null(_book.Share("m", 1, 0.1, CircuitCase.At(60)));
    }

    [Fact]
    public void Share_OfTwoKeys_IsThatOfTheFuller()
    {
        _book.Note("m", 1, Requests(100, 1, reset: 60), CircuitCase.At(0));
        Assert.Null(_book.Share("m", 2, 0.1, CircuitCase.At(1)));

        _book.Note("m", 2, Requests(100, 6, reset: 60), CircuitCase.At(0));
        Assert.Equal(0.6, _book.Share("m", 2, 0.1, CircuitCase.At(1)));
    }

    [Fact]
    public void Note_OlderThanWhatIsKnown_IsPassedOver()
    {
        _book.Note("m", 1, Requests(100, 0, reset: 30), CircuitCase.At(5));
        var version = _book.Version;
        _book.Note("m", 1, Requests(100, 50, reset: 30), CircuitCase.At(4));

        Assert.Equal(version, _book.Version);
        Assert.NotNull(_book.SpentUntil("m", keys: 1, Hour, CircuitCase.At(6)));
    }

    [Theory]
    [InlineData(100L, 0L, 7.0, 1000L, 900L, 50.0, 7.0)] // the spent one
    [InlineData(100L, 90L, 7.0, 1000L, 10L, 50.0, 50.0)] // the scarcer one
    [InlineData(100L, 10L, 7.0, 1000L, 900L, 50.0, 7.0)]
    public void Advice_WithoutRetryAfter_IsTheResetOfWhatIsScarce(
        long limit, long remaining, double reset, long tokens, long tokensLeft, double tokensReset, double expected)
    {
        var reading = new QuotaReading(
            new QuotaAmount(limit, remaining, CircuitCase.At(reset)), new QuotaAmount(tokens, tokensLeft, CircuitCase.At(tokensReset)));

        Assert.Equal(TimeSpan.FromSeconds(expected), reading.Advice(CircuitCase.At(0)));
    }

    [Fact]
    public void Advice_OfNothing_IsNone() => Assert.Null(default(QuotaReading).Advice(CircuitCase.At(0)));

    [Fact]
    public void Retain_ForgetsModelsThatAreGone()
    {
        _book.Note("gone", 1, Requests(100, 0, reset: 30), CircuitCase.At(0));
        _book.Note("m", 1, Requests(100, 3, reset: 30), CircuitCase.At(0));

        _book.Retain(model => model == "m");

        Assert.Equal("m", Assert.Single(_book.ToArray()).Model);
    }

    private static QuotaReading Requests(long limit, long remaining, double reset) =>
        new(new QuotaAmount(limit, remaining, CircuitCase.At(reset)), null);
}
