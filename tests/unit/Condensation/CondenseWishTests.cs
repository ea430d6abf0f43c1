using Microsoft.AspNetCore.Http;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class CondenseWishTests
{
    [Theory]
    [InlineData("hybrid", CondensationStrategy.Hybrid, 0)]
    [InlineData("structural; max_tokens=5", CondensationStrategy.Structural, 5)]
    [InlineData("temporal;max_tokens=12 ", CondensationStrategy.Temporal, 12)]
    [InlineData(" semantic ; max_tokens=2147483647", CondensationStrategy.Semantic, int.MaxValue)]
    [InlineData("off", null, 0)]
    public void Header_IsRead(string header, CondensationStrategy? strategy, int maxTokens)
    {
        Assert.Null(CondenseWish.Read(new HeaderDictionary { ["x-proxy-condense"] = header }, out var wish));
        Assert.Equal(new CondenseWish(strategy, maxTokens), wish);
    }

    [Fact]
    public void Header_ThatIsNotThere_AsksForNothing()
    {
        Assert.Null(CondenseWish.Read(new HeaderDictionary(), out var wish));
        Assert.Null(wish);
    }

    [Fact]
    public void Header_SentTwice_IsRefused() =>
        Assert.Equal("invalid_value", CondenseWish.Read(new HeaderDictionary { ["x-proxy-condense"] = new(["hybrid", "off"]) }, out _)?.Code);

    [Fact]
    public void Strategies_AllHaveNames()
    {
        foreach (var strategy in Enum.GetValues<CondensationStrategy>())
        {
            Assert.Equal(strategy, StrategyNames.Find(StrategyNames.Of(strategy)));
        }
    }

    [Fact]
    public void Outcomes_AllHaveNames()
    {
        Assert.Equal(4, Enum.GetValues<CondensationFailure>().Select(CondensationMetrics.NameOf).Distinct().Count());
        Assert.Equal(5, Enum.GetValues<SummaryOutcome>().Select(CondensationMetrics.NameOf).Distinct().Count());
    }
}
