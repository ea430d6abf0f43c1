using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.Tests.Unit.Providers.Circuits;

public sealed class HealthBookTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    private readonly HealthBook _health = new(CircuitCase.Start);

    [Fact]
    public void Check_OfAnIdleProvider_IsGivenToOneOnceInItsTime()
    {
        Assert.False(_health.TryCheck(Idle, CircuitCase.At(59)));

        Assert.True(_health.TryCheck(Idle, CircuitCase.At(60)));
        Assert.False(_health.TryCheck(Idle, CircuitCase.At(60)));
        Assert.False(_health.TryCheck(Idle, CircuitCase.At(119)));
        Assert.True(_health.TryCheck(Idle, CircuitCase.At(120)));
    }

    [Fact]
    public void Traffic_MakesChecksNeedless()
    {
        _health.Note(Report(AttemptOutcome.Succeeded, isCheck: false), CircuitCase.At(50));

        Assert.False(_health.TryCheck(Idle, CircuitCase.At(109)));
        Assert.True(_health.TryCheck(Idle, CircuitCase.At(110)));
    }

    [Fact]
    public void Check_IsNoTraffic()
    {
        _health.Note(Report(AttemptOutcome.Succeeded, isCheck: true), CircuitCase.At(50));

        Assert.Null(_health.LastTraffic);
        Assert.True(_health.IsIdle(Idle, CircuitCase.At(60)));
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded, ProviderStatus.Healthy)]
    [InlineData(AttemptOutcome.Rejected, ProviderStatus.Healthy)]
    [InlineData(AttemptOutcome.RateLimited, ProviderStatus.Healthy)]
    [InlineData(AttemptOutcome.ConnectFailed, ProviderStatus.Unhealthy)]
    [InlineData(AttemptOutcome.TimedOut, ProviderStatus.Unhealthy)]
    [InlineData(AttemptOutcome.CredentialsRefused, ProviderStatus.Unhealthy)]
    public void Status_WithoutTraffic_IsThatOfTheLastCheck(AttemptOutcome outcome, ProviderStatus status)
    {
        Assert.Equal(ProviderStatus.Unknown, _health.Status(ProviderStatus.Unknown));

        _health.Note(Report(outcome, isCheck: true), CircuitCase.At(1));

        Assert.Equal(status, _health.Status(ProviderStatus.Unknown));
        Assert.Equal(ProviderStatus.Degraded, _health.Status(ProviderStatus.Degraded));
    }

    private static AttemptReport Report(AttemptOutcome outcome, bool isCheck) =>
        new("m", outcome, false, default, default, 0) { IsCheck = isCheck };
}
