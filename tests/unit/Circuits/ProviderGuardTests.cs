using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.Tests.Unit.Circuits;

public sealed class ProviderGuardTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CircuitMetrics _metrics;
    private readonly ProviderGuard _guard;

    public ProviderGuardTests()
    {
        _metrics = new CircuitMetrics(_services.GetRequiredService<IMeterFactory>());
        _guard = new ProviderGuard(new ConfigurationInForce(new ProxyClusterOptions()), _metrics, _clock);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Failures_FiveInARow_ShunTheProviderHereAndAreToldAtOnce()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.False(_guard.IsShunned("p"));
            Assert.True(Note("p", AttemptOutcome.ServerError));
        }

        Assert.True(_guard.IsShunned("p"));
        Assert.False(_guard.IsShunned("q"));
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.False(_guard.IsShunned("p"));
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.Rejected)]
    [InlineData(AttemptOutcome.Abandoned)]
    public void Outcome_ThatIsNoFailure_IsNotToldAtOnce(AttemptOutcome outcome)
    {
        Note("p", AttemptOutcome.ServerError);

        Assert.False(Note("p", outcome));
    }

    [Fact]
    public void Failure_OfAProviderThatTheClusterKnows_IsNotToldAtOnce()
    {
        Note("p", AttemptOutcome.ServerError);
        _guard.Follow("p", CircuitState.Open);

        Assert.False(Note("p", AttemptOutcome.ServerError));
    }

    [Fact]
    public void Trial_AfterASilence_IsOneRequestAlone()
    {
        Shun("p");
        Assert.False(_guard.TryEnter("p", CircuitState.Closed, out _));

        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.True(_guard.TryEnter("p", CircuitState.Closed, out _));
        Assert.False(_guard.TryEnter("p", CircuitState.Closed, out _));
        Assert.True(_guard.TryEnter("q", CircuitState.Closed, out _));
    }

    [Fact]
    public void RateLimit_RestsTheModelAndNotItsSiblings()
    {
        Assert.True(Note("p", AttemptOutcome.RateLimited, rest: 5000));

        Assert.True(_guard.Rests("p", "m"));
        Assert.False(_guard.Rests("p", "n"));
        Assert.False(_guard.IsShunned("p"));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_guard.Rests("p", "m"));
    }

    [Fact]
    public void Probe_IsTakenByTheFirstRequest()
    {
        HalfOpen("p", permit: 17);

        Assert.True(_guard.MayProbe("p", isUrgent: false));
        Assert.True(_guard.TryEnter("p", CircuitState.HalfOpen, out var claim));
        Assert.Equal(17, claim.Permit);
        Assert.False(_guard.MayProbe("p", isUrgent: false));
        Assert.False(_guard.TryEnter("p", CircuitState.HalfOpen, out _));
    }

    [Fact]
    public void Probe_IsForAnUrgentRequest_OnlyWhereNoOtherHasComeForHalfASecond()
    {
        HalfOpen("p", permit: 17);

        _clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal((false, true), (_guard.MayProbe("p", isUrgent: true), _guard.MayProbe("p", isUrgent: false)));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_guard.MayProbe("p", isUrgent: true));
    }

    [Fact]
    public void Probe_ThatWasNotSent_IsThereForTheNext()
    {
        HalfOpen("p", permit: 17);
        _guard.TryEnter("p", CircuitState.HalfOpen, out var claim);

        _guard.GiveBack(claim);

        Assert.True(_guard.MayProbe("p", isUrgent: false));
    }

    [Fact]
    public void Probe_ThatIsGivenBack_EndsWhenTheClustersPermitDoes()
    {
        HalfOpen("p", permit: 17);
        _guard.TryEnter("p", CircuitState.HalfOpen, out var claim);
        _clock.Advance(TimeSpan.FromSeconds(29));
        _guard.GiveBack(claim);
        Assert.True(_guard.MayProbe("p", isUrgent: false));

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_guard.MayProbe("p", isUrgent: false));
        Assert.False(_guard.TryEnter("p", CircuitState.HalfOpen, out _));
    }

    [Theory]
    [InlineData(CircuitState.Open)]
    [InlineData(CircuitState.Closed)]
    public void Probe_ThatIsGivenBackAfterItsCircuitHasChanged_IsNoneOfTheNextHalfOpenTime(CircuitState changed)
    {
        HalfOpen("p", permit: 17);
        _guard.TryEnter("p", CircuitState.HalfOpen, out var claim);
        _guard.Follow("p", changed);

        _guard.GiveBack(claim);
        _guard.Follow("p", CircuitState.HalfOpen);

        Assert.False(_guard.MayProbe("p", isUrgent: false));
    }

    [Fact]
    public void Probe_ThatIsGivenBack_DoesNotReplaceANewerOne()
    {
        HalfOpen("p", permit: 17);
        _guard.TryEnter("p", CircuitState.HalfOpen, out var old);
        HalfOpen("p", permit: 18);

        _guard.GiveBack(old);

        _guard.TryEnter("p", CircuitState.HalfOpen, out var claim);
        Assert.Equal(18, claim.Permit);
    }

    [Fact]
    public void Trial_ThatWasNotSent_IsThereForTheNext()
    {
        Shun("p");
        _clock.Advance(TimeSpan.FromSeconds(3));
        _guard.TryEnter("p", CircuitState.Closed, out var claim);
        Assert.True(_guard.IsShunned("p"));

        _guard.GiveBack(claim);

        Assert.False(_guard.IsShunned("p"));
        Assert.True(_guard.TryEnter("p", CircuitState.Closed, out _));
    }

    [Fact]
    public void Entering_WhereThereIsNoTrouble_ClaimsNothing()
    {
        Shun("p");

        Assert.True(_guard.TryEnter("q", CircuitState.Closed, out var claim));
        Assert.False(claim.IsHeld);
    }

    [Fact]
    public void Probe_EndsWithItsTimeAndWithTheCircuit()
    {
        HalfOpen("p", permit: 17);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(_guard.MayProbe("p", isUrgent: false));

        HalfOpen("p", permit: 18);
        _guard.Follow("p", CircuitState.Open);
        Assert.False(_guard.MayProbe("p", isUrgent: false));
    }

    [Fact]
    public void Closing_ByOthersProbes_EndsThisGatewaysOwnWord()
    {
        Shun("p");
        HalfOpen("p", permit: 1);

        _guard.Follow("p", CircuitState.Closed);

        Assert.False(_guard.IsShunned("p"));
        Assert.True(_guard.TryEnter("p", CircuitState.Closed, out _));
    }

    [Fact]
    public void Quota_SpentHere_RestsTheModelAtOnce()
    {
        using var response = new HttpResponseMessage();
        response.Headers.Add("x-ratelimit-remaining-requests", "0");
        response.Headers.Add("x-ratelimit-reset-requests", "4s");
        _guard.NoteQuota(new ProviderDefinition { Name = "p", Type = "openai", ApiKey = "${K}" }, "m", key: 1, response.Headers);

        Assert.True(_guard.Rests("p", "m"));
        Assert.False(_guard.Rests("p", "n"));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(_guard.Rests("p", "m"));
    }

    [Fact]
    public void Quotas_AreToldOnceForEachChange()
    {
        long told = 0;
        Assert.Empty(_guard.QuotasSince("p", ref told));
        using var response = new HttpResponseMessage();
        response.Headers.Add("x-ratelimit-remaining-tokens", "12");
        _guard.NoteQuota(new ProviderDefinition { Name = "p", Type = "openai" }, "m", key: 0, response.Headers);

        Assert.Equal("m", Assert.Single(_guard.QuotasSince("p", ref told)).Model);
        Assert.Empty(_guard.QuotasSince("p", ref told));
    }

    [Fact]
    public void Look_ForgetsTroublesThatAreOverAndProvidersThatAreGone()
    {
        Note("p", AttemptOutcome.RateLimited, rest: 1000);
        Shun("q");
        _clock.Advance(TimeSpan.FromMinutes(10));

        _guard.Look(new HashSet<string> { "p" });

        Assert.False(_guard.Find("p").HasTrouble);
        Assert.False(_guard.Find("q").HasTrouble);
    }

    private void Shun(string provider)
    {
        for (var i = 0; i < 5; i++)
        {
            Note(provider, AttemptOutcome.ConnectFailed);
        }
    }

    private void HalfOpen(string provider, long permit)
    {
        _guard.Follow(provider, CircuitState.HalfOpen);
        _guard.Offer(provider, permit, _guard.Now + TimeSpan.FromSeconds(30));
    }

    private bool Note(string provider, AttemptOutcome outcome, int? rest = null) =>
        _guard.Note(provider, new AttemptReport("m", outcome, false, default, default, 0) { DurationMilliseconds = 10, RestMilliseconds = rest });
}
