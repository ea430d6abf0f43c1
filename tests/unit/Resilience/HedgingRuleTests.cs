using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.Tests.Unit.Hooks;
using ProxyCluster.Tests.Unit.RateLimiting;
using ProxyCluster.Tests.Unit.Routing;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class HedgingRuleTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ReloadableOptions _options = new();
    private readonly Candidate _candidate = Definitions.Index(Definitions.Provider("p", "m")).Resolve("m")[0];

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Off_NothingIsLearntAndNobodyIsHedged()
    {
        using var hedging = Hedging(enabled: false);
        Learn(hedging, isStreamed: true);

        Assert.Null(hedging.DelayFor(Chat(), _candidate));
    }

    [Fact]
    public void On_TheDelayIsThisProvidersOwnNinetyFifthPercentile()
    {
        using var hedging = Hedging(enabled: true);
        Assert.Null(hedging.DelayFor(Chat(), _candidate));
        Learn(hedging, isStreamed: false);
        Assert.Null(hedging.DelayFor(Chat(), _candidate));

        Learn(hedging, isStreamed: true);

        Assert.InRange(hedging.DelayFor(Chat(), _candidate)!.Value.TotalMilliseconds, 950, 950 * 1.2);
    }

    [Fact]
    public void On_OnlyAnswersCount()
    {
        using var hedging = Hedging(enabled: true);
        for (var i = 0; i < 100; i++)
        {
            hedging.Note(_candidate, isStreamed: true, new AttemptResult(AttemptOutcome.TimedOut, null, true, TimeSpan.FromSeconds(30)));
        }

        Assert.Null(hedging.DelayFor(Chat(), _candidate));
    }

    [Fact]
    public void On_WhatOnlyOneAttemptMayTouch_IsNotHedged()
    {
        using var hedging = Hedging(enabled: true);
        Learn(hedging, isStreamed: true);
        var kept = Chat();
        kept.Request!.AnswerKept = _ => { };
        using var scratch = new RequestScratch(TimeProvider.System);
        var hedged = Chat();
        hedged.SecondScratch = scratch;

        Assert.NotNull(hedging.DelayFor(Chat(), _candidate));
        Assert.Null(hedging.DelayFor(kept, _candidate));
        Assert.Null(hedging.DelayFor(hedged, _candidate));
        var judged = HookCase.Chat(HookCase.Deny("x", 5));
        judged.Exchange.Hooks = judged.Hooks;
        Assert.Null(hedging.DelayFor(judged.Exchange, _candidate));
    }

    [Fact]
    public void SecondProvider_ThatIsBusy_IsSpared_AndHedgesAreEarned()
    {
        using var hedging = Hedging(enabled: true);
        Assert.False(hedging.TrySpend(load: 0));
        for (var i = 0; i < 50; i++)
        {
            hedging.DelayFor(Chat(), _candidate);
        }

        Assert.False(hedging.TrySpend(load: 0.7));
        Assert.True(hedging.TrySpend(load: 0.69));
        Assert.False(hedging.TrySpend(load: 0));
    }

    [Fact]
    public void On_OnlyRequestsOfHighPriority_WhereNothingElseIsSaid()
    {
        using var hedging = Hedging(enabled: true, leastPriority: null);
        Learn(hedging, isStreamed: true);
        var high = Chat();
        high.WantedPriority = RequestPriority.High;

        Assert.Null(hedging.DelayFor(Chat(), _candidate));
        Assert.NotNull(hedging.DelayFor(high, _candidate));
    }

    private Hedging Hedging(bool enabled, string? leastPriority = "normal")
    {
        var settings = _options.CurrentValue.Routing.Hedging;
        settings.Enabled = enabled;
        settings.LeastPriority = leastPriority ?? settings.LeastPriority;
        return new Hedging(_options, new ResilienceMetrics(_services.GetRequiredService<IMeterFactory>()));
    }

    // A stream.
    private static Exchange Chat()
    {
        var exchange = HookCase.Chat().Exchange;
        exchange.Hooks = null;
        return exchange;
    }

    // 10 ms to 1 s.
    private void Learn(Hedging hedging, bool isStreamed)
    {
        for (var i = 1; i <= 100; i++)
        {
            hedging.Note(_candidate, isStreamed, new AttemptResult(AttemptOutcome.Succeeded, null, false, TimeSpan.FromMilliseconds(i * 10)));
        }
    }
}
