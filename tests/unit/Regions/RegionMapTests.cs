using ProxyCluster.Core.Regions;

namespace ProxyCluster.Tests.Unit.Regions;

public sealed class RegionMapTests
{
    [Theory]
    [InlineData("us-east-1", "eu-west-1", 5400, 5600)] // Ashburn to Dublin: 5,480 km
    [InlineData("eu-central-1", "eu-west-3", 440, 490)] // Frankfurt to Paris: 480 km
    [InlineData("ap-southeast-2", "sa-east-1", 13200, 13500)] // Sydney to São Paulo: 13,350 km
    [InlineData("EastUS", "us-east", 0, 0.001)]
    public void Distance_BetweenWellKnownRegions_IsThatOnTheGlobe(string one, string other, double least, double most)
    {
        var (a, b) = (RegionMap.WellKnown.Find(one)!.Value, RegionMap.WellKnown.Find(other)!.Value);

        Assert.InRange(a.KilometersTo(b), least, most);
        Assert.Equal(a.KilometersTo(b), b.KilometersTo(a), 6);
    }

    [Fact]
    public void Nearness_FallsWithTheDistance()
    {
        var home = new GeoPoint(50, 8);
        var by = Enumerable.Range(0, 18).Select(step => new GeoPoint(50 - (step * 7.5), 8)).ToList();

        Assert.Equal(by, by.OrderByDescending(point => home.NearnessTo(point)));
        Assert.Equal(by, by.OrderBy(point => home.KilometersTo(point)));
    }

    [Fact]
    public void Find_OwnPlace_GoesBeforeTheWellKnown()
    {
        var mine = new GeoPoint(1, 2);
        var map = RegionMap.Of([new("eu-west", mine), new("cellar", mine)]);

        Assert.Equal(mine, map.Find("EU-West"));
        Assert.Equal(mine, map.Find("cellar"));
        Assert.Equal(RegionMap.WellKnown.Find("us-east"), map.Find("us-east"));
        Assert.Null(map.Find("attic"));
        Assert.Null(map.Find(null));
    }

    [Theory]
    [InlineData("38.9,-77.4")]
    [InlineData(" -90 , 180 ")]
    public void TryParse_APlace_IsRead(string text) => Assert.True(GeoPoint.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("38.9")]
    [InlineData("91,0")]
    [InlineData("0,-180.1")]
    [InlineData("NaN,0")]
    [InlineData("38,9,-77,4")]
    [InlineData("1e1,0")]
    public void TryParse_NoPlace_IsRefused(string text) => Assert.False(GeoPoint.TryParse(text, out _));
}
