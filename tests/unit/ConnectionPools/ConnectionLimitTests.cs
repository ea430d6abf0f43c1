using CsCheck;
using ProxyCluster.Core.ConnectionPools;

namespace ProxyCluster.Tests.Unit.ConnectionPools;

public sealed class ConnectionLimitTests
{
    private const double Headroom = 0.2;

    // warm size, requests in flight, most at once, limit
    [Theory]
    [InlineData(5, 0, 256, 5)]
    [InlineData(5, 4, 256, 5)]
    [InlineData(5, 5, 256, 6)]
    [InlineData(5, 10, 256, 12)]
    [InlineData(5, 200, 256, 240)]
    [InlineData(5, 250, 256, 256)]
    [InlineData(5, 300, 256, 256)]
    [InlineData(50, 10, 256, 50)]
    [InlineData(5, 1, 2, 2)]
    [InlineData(0, 0, 256, 0)]
    [InlineData(0, 1, 256, 2)]
    public void Limit_FollowsWhatIsInFlight(int size, int inFlight, int most, int limit) =>
        Assert.Equal(limit, ConnectionLimit.For(size, inFlight, Headroom, most));

    [Fact]
    public void Limit_BelowTheMost_HasAlwaysRoomForOneMore() =>
        Gen.Select(Gen.Int[0, 100], Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Double[0.01, 2]).Sample((size, inFlight, most, headroom) =>
            ConnectionLimit.For(size, inFlight, headroom, most) is var limit && limit <= most && (limit == most || limit > inFlight));

    // warm size, open, most at once, shared, missing
    [Theory]
    [InlineData(5, 0, 256, false, 5)]
    [InlineData(5, 3, 256, false, 2)]
    [InlineData(5, 200, 256, false, 0)]
    [InlineData(50, 0, 10, false, 10)]
    [InlineData(0, 0, 256, false, 0)]
    [InlineData(50, 0, 256, true, 1)]
    [InlineData(50, 1, 256, true, 0)]
    [InlineData(0, 0, 256, true, 0)]
    public void Missing_IsWhatTheWarmSizeLacks(int size, int open, int most, bool isShared, int missing) =>
        Assert.Equal(missing, ConnectionLimit.Missing(size, open, most, isShared));
}
