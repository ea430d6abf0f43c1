using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class LocalShareTests
{
    private static readonly LimitSettings Ten = new(10, 0, Block: true);

    private readonly LocalShare _share = new();

    [Fact]
    public void Share_WithoutNewsOfTheLimiter_IsTheLimitOverTheGateways()
    {
        _share.Begin(0, gateways: 2, held: 0, 0, []);

        Assert.Equal(5, Take(Ten, now: 0, gateways: 2));
        Assert.Equal(0, Take(Ten, now: 59_999, gateways: 2));
        Assert.Equal(5, Take(Ten, now: 60_000, gateways: 2));
    }

    [Fact]
    public void Share_OfALimitBelowTheGateways_IsOne()
    {
        _share.Begin(0, gateways: 40, held: 0, 0, []);

        Assert.Equal(1, Take(Ten, now: 0, gateways: 40));
    }

    [Fact]
    public void Share_OfTheIdleGateway_StartsWithItsPartOfWhatWasFree()
    {
        // The other gateway had used 8 of 10.
        _share.Begin(0, gateways: 2, held: 0, 0, [new WindowStatus(LimitWindow.Minute, 10, 2, TimeSpan.Zero)]);

        Assert.Equal(1, Take(Ten, now: 0, gateways: 2));
        Assert.Equal(0, Take(Ten, now: 59_999, gateways: 2));
        Assert.Equal(5, Take(Ten, now: 60_000, gateways: 2));
    }

    [Fact]
    public void Share_OfTheBusyGateway_CountsWhatItAdmittedFromLeases()
    {
        for (var i = 0; i < 8; i++)
        {
            _share.Record(1_000, Ten);
        }

        _share.Begin(2_000, gateways: 2, held: 0, 0, [new WindowStatus(LimitWindow.Minute, 10, 2, TimeSpan.Zero)]);

        Assert.Equal(0, Take(Ten, now: 60_999, gateways: 2));
        Assert.Equal(5, Take(Ten, now: 61_000, gateways: 2));
    }

    [Fact]
    public void Share_Refusing_TellsWhenTheNextIsPossible()
    {
        _share.Begin(0, gateways: 1, held: 0, 0, []);
        Take(Ten, now: 5_000, gateways: 1);

        var refused = _share.Take(20_000, 1, Ten);

        Assert.Equal((false, LimitWindow.Minute, TimeSpan.FromSeconds(45)), (refused.Admitted, refused.Limiting, refused.RetryAfter));
    }

    [Fact]
    public void Share_OfTheHour_RefusesWhereTheMinuteWouldNot()
    {
        var settings = new LimitSettings(10, 12, Block: true);
        _share.Begin(0, gateways: 1, held: 0, 0, []);
        Assert.Equal(10, Take(settings, now: 0, gateways: 1));
        Assert.Equal(2, Take(settings, now: 60_000, gateways: 1));

        var refused = _share.Take(61_000, 1, settings);

        Assert.Equal((LimitWindow.Hour, TimeSpan.FromSeconds(3_539)), (refused.Limiting, refused.RetryAfter));
    }

    private int Take(LimitSettings settings, long now, int gateways)
    {
        var admitted = 0;
        while (_share.Take(now, gateways, settings).Admitted)
        {
            admitted++;
        }

        return admitted;
    }

    [Fact]
    public void Start_CountsWhatOthersTookSinceTheWindowsWereTold()
    {
        _share.Begin(0, gateways: 2, held: 1, takenByOthers: 4, [new WindowStatus(LimitWindow.Minute, 100, 10, TimeSpan.Zero)]);

        Assert.Equal(1 + 3, Enumerable.Range(0, 20).Count(_ => _share.Take(1, 2, new LimitSettings(100, 0, Block: false)).Admitted));
    }

    [Fact]
    public void Start_AfterABlock_IsTheWholePart()
    {
        _share.Begin(0, gateways: 2, held: 0, 0, [new WindowStatus(LimitWindow.Minute, 10, 0, TimeSpan.Zero)]);
        _share.StartAnew(LimitWindow.Minute);

        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => _share.Take(1, 2, new LimitSettings(10, 0, Block: false)).Admitted));
    }
}
