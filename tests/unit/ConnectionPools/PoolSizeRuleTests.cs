using CsCheck;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.ConnectionPools;

namespace ProxyCluster.Tests.Unit.ConnectionPools;

public sealed class PoolSizeRuleTests
{
    private static readonly PoolOptions Default = new();

    private static readonly Gen<PoolUse> Uses = Gen.Select(
        Gen.Double[0, 200], Gen.Double[0, 1], Gen.Double[0, 60], (rate, errors, seconds) => new PoolUse(1, rate, errors, seconds));

    // requests a second, share of errors, mean response in seconds, size
    [Theory]
    [InlineData(0, 0, 0, 5)]
    [InlineData(0.1, 0, 1, 5)]
    [InlineData(0.5, 0, 1, 5)]
    [InlineData(0.51, 0, 1, 6)]
    [InlineData(0.7, 0, 1, 7)]
    [InlineData(2, 0, 1, 20)]
    [InlineData(2.9, 0, 1, 29)]
    [InlineData(5, 0, 1, 50)]
    [InlineData(500, 0, 1, 50)]
    [InlineData(2, 0.1, 1, 20)]
    [InlineData(2, 0.11, 1, 10)]
    [InlineData(2.1, 0.5, 1, 11)]
    [InlineData(0.6, 1, 1, 5)]
    [InlineData(500, 0.2, 1, 25)]
    [InlineData(2, 0, 5, 20)]
    [InlineData(2, 0, 5.1, 30)]
    [InlineData(500, 0, 5.1, 75)]
    [InlineData(0, 0, 20, 8)]
    [InlineData(2, 0.2, 20, 15)]
    public void Size_OfAWindow_IsThatOfTheTable(double rate, double errors, double seconds, int size) =>
        Assert.Equal(size, PoolSizeRule.SizeFor(new PoolUse(60, rate, errors, seconds), Default));

    [Fact]
    public void Size_OfASlowHost_StopsAtItsOwnMost()
    {
        var options = new PoolOptions { MaxSize = 90 };

        Assert.Equal(100, PoolSizeRule.SizeFor(new PoolUse(1, 9, 0, 6), options));
    }

    [Fact]
    public void Numbers_OfTheRule_AreThoseConfigured()
    {
        var options = new PoolOptions
        {
            MinSize = 2,
            MaxSize = 8,
            MaxSlowSize = 9,
            ConnectionsPerRequestRate = 3,
            HalveAboveErrorShare = 0.5,
            GrowAboveResponseSeconds = 1,
        };

        Assert.Equal(
            [2, 3, 8, 4, 9],
            new PoolUse[] { new(1, 0.1, 0, 0), new(1, 1, 0.5, 1), new(1, 100, 0, 0), new(1, 100, 0.51, 0), new(1, 100, 0, 1.1) }
                .Select(use => PoolSizeRule.SizeFor(use, options)));
    }

    [Fact]
    public void Size_OfAnyWindow_StaysWithinItsBounds() => Uses.Sample(use =>
        PoolSizeRule.SizeFor(use, Default) is var size
        && size >= Default.MinSize
        && size <= (use.MeanResponseSeconds > 5 ? Default.MaxSlowSize : Default.MaxSize));

    [Fact]
    public void Size_NeverFalls_WhereTheRateRises() => Gen.Select(Uses, Gen.Double[0, 50]).Sample((use, more) =>
        PoolSizeRule.SizeFor(use with { RequestsPerSecond = use.RequestsPerSecond + more }, Default) >= PoolSizeRule.SizeFor(use, Default));

    [Fact]
    public void Size_NeverRises_WhereMoreFails() => Gen.Select(Uses, Gen.Double[0, 1]).Sample((use, share) =>
        PoolSizeRule.SizeFor(use with { ErrorShare = Math.Max(share, use.ErrorShare) }, Default) <= PoolSizeRule.SizeFor(use, Default));
}
