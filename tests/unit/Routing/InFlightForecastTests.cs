using ProxyCluster.Core.Routing;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class InFlightForecastTests
{
    [Theory]
    [InlineData(40, 5, 5, 8, 40)] // nothing has changed here, so nothing has elsewhere
    [InlineData(40, 5, 7, 8, 56)] // 40 + 8 × 2
    [InlineData(40, 5, 2, 8, 16)] // 40 − 8 × 3
    [InlineData(40, 5, 7, 1, 42)] // alone, the change is its own
    [InlineData(40, 5, 7, 0, 42)]
    [InlineData(3, 5, 0, 8, 0)]
    [InlineData(0, 5, 5, 8, 5)] // told too little: its own are there in any case
    public void InCluster_FromTheChangeSinceItWasTold(int told, int then, int now, int gateways, int expected)
    {
        var forecast = new InFlightForecast();
        forecast.Tick(then);
        forecast.Tick(99); // told, but in no vector yet

        Assert.Equal(expected, forecast.InCluster(told, now, gateways));
    }

    [Fact]
    public void InCluster_OfImpossiblyMany_IsNoNegativeNumber()
    {
        var forecast = new InFlightForecast();

        Assert.Equal(int.MaxValue, forecast.InCluster(int.MaxValue, int.MaxValue, 1000));
    }
}
