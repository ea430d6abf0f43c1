using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Tests.Unit.Providers.Circuits;

public sealed class ProviderWatchTests
{
    private readonly ProviderWatch _watch = new(WatchSettings.From(new RoutingOptions()), stored: null, CircuitCase.Start);

    [Fact]
    public void Settings_FromDefaults_AreThoseOfTheSpecification()
    {
        Assert.Equal(new CircuitSettings(), _watch.Settings.Circuit);
        Assert.Equal(new CoolDownSettings(), _watch.Settings.CoolDown);
    }

    [Fact]
    public void Mark_OfAnOpenCircuit_ConcernsEveryModel()
    {
        Report("m", AttemptOutcome.ServerError, 5, times: 5);

        Assert.Equal(CircuitState.Open, Mark("m", 5).Circuit);
        Assert.Equal(CircuitState.Open, Mark("n", 5).Circuit);
    }

    [Fact]
    public void Mark_OfARestingModel_LeavesItsSiblingsAlone()
    {
        Assert.Equal(WatchChange.Rest, Report("m", AttemptOutcome.RateLimited, 5, rest: 2500));

        Assert.Equal(CircuitCase.At(7.5), Mark("m", 5).RestsUntil);
        Assert.Null(Mark("n", 5).RestsUntil);
        Assert.Equal(CircuitState.Closed, Mark("m", 5).Circuit);
    }

    [Fact]
    public void Mark_OfASpentQuota_RestsTheModelBeforeA429()
    {
        _watch.Quota.Note("m", 1, new QuotaReading(new QuotaAmount(10, 0, CircuitCase.At(9)), null), CircuitCase.At(0));

        Assert.Equal(CircuitCase.At(9), Mark("m", 5).RestsUntil);
        Assert.Null(Mark("n", 5).RestsUntil);
    }

    [Fact]
    public void Mark_OfLittleQuotaInASlowStart_TakesTheSmallerShare()
    {
        CloseAgain();
        Assert.Equal(0.1, Mark("m", 13).Share);

        _watch.Quota.Note("m", 1, new QuotaReading(new QuotaAmount(100, 5, CircuitCase.At(600)), null), CircuitCase.At(0));
        Assert.Equal(0.5, Mark("m", 100).Share);
        Assert.Null(Mark("n", 100).Share);
    }

    [Fact]
    public void Status_OfACircuitThatHasClosed_IsNoLongerUnhealthy()
    {
        Assert.Equal(ProviderStatus.Unhealthy, _watch.Status(ProviderStatus.Unhealthy, CircuitCase.At(0)));

        CloseAgain();

        Assert.Equal(ProviderStatus.Degraded, _watch.Status(ProviderStatus.Unhealthy, CircuitCase.At(13)));
        Assert.Equal(ProviderStatus.Disabled, _watch.Status(ProviderStatus.Disabled, CircuitCase.At(13)));
    }

    [Fact]
    public void Check_ThatIsRateLimited_RestsNoModel() =>
        Assert.Equal(WatchChange.None, _watch.Record(
            new AttemptReport("", AttemptOutcome.RateLimited, false, default, default, 0) { IsCheck = true }, CircuitCase.At(0), 0.5));

    [Fact]
    public void Use_OfOtherNumbers_KeepsTheState()
    {
        Report("m", AttemptOutcome.ServerError, 5, times: 5);

        _watch.Use(WatchSettings.From(new RoutingOptions { Circuit = { ConsecutiveFailures = 7 } }));

        Assert.Equal((CircuitState.Open, 7), (_watch.Circuit.State(CircuitCase.At(6)), _watch.Circuit.Settings.ConsecutiveFailures));
    }

    private void CloseAgain()
    {
        Report("m", AttemptOutcome.ServerError, 0, times: 5);
        Report("m", AttemptOutcome.Succeeded, 13, times: 3);
    }

    private ProviderScore Mark(string model, double now) =>
        _watch.Mark(new ProviderScore("p", model, 50, 50, 0, ProviderStatus.Healthy), keys: 1, CircuitCase.At(now));

    private WatchChange Report(string model, AttemptOutcome outcome, double now, int times = 1, int? rest = null)
    {
        var change = WatchChange.None;
        for (var i = 0; i < times; i++)
        {
            change |= _watch.Record(
                new AttemptReport(model, outcome, false, default, default, 0) { DurationMilliseconds = 100, RestMilliseconds = rest }, CircuitCase.At(now), 0.5);
        }

        return change;
    }
}
