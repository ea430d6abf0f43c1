using CsCheck;
using ProxyCluster.Core.Batching;

namespace ProxyCluster.Tests.Unit.Batching;

public sealed class SharesTests
{
    [Theory]
    [InlineData(10, new long[] { 1, 1 }, new long[] { 5, 5 })]
    [InlineData(10, new long[] { 1, 1, 1 }, new long[] { 4, 3, 3 })]
    [InlineData(7, new long[] { 5, 3, 2 }, new long[] { 4, 2, 1 })] // 3.5, 2.1, 1.4: the half is the largest remainder
    [InlineData(3, new long[] { 0, 0, 0, 0 }, new long[] { 1, 1, 1, 0 })]
    [InlineData(0, new long[] { 4, 9 }, new long[] { 0, 0 })]
    [InlineData(long.MaxValue, new long[] { long.MaxValue, 0 }, new long[] { long.MaxValue, 0 })]
    public void Total_IsSplitByLargestRemainders(long total, long[] weights, long[] expected)
    {
        var shares = new long[weights.Length];

        Shares.Split(total, weights, shares);

        Assert.Equal(expected, shares);
    }

    [Fact]
    public void AnyTotal_IsSplitWhole_AndNobodyIsOffByOneOrMore() =>
        Gen.Select(Gen.Long[0, 1_000_000], Gen.Long[0, 5_000].Array[1, 20]).Sample(
            (total, weights) =>
            {
                var shares = new long[weights.Length];

                Shares.Split(total, weights, shares);

                var sum = weights.Sum();
                Assert.Equal(total, shares.Sum());
                Assert.All(shares.Zip(weights), pair => Assert.True(
                    sum == 0 || Math.Abs(((decimal)total * pair.Second / sum) - pair.First) < 1, $"{pair.First} for {pair.Second} of {sum} in {total}"));
            },
            iter: 2_000,
            threads: 1);
}
