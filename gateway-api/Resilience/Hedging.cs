using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Decides whether a second provider is asked where the first is slow, and after how long. Off: one look.</summary>
internal sealed class Hedging : IDisposable
{
    private readonly LatencyBoard _board = new();
    private readonly HedgeBudget _budget = new();
    private readonly ResilienceMetrics _metrics;
    private readonly IDisposable? _changes;
    private InForce _settings;

    public Hedging(IOptionsMonitor<ProxyClusterOptions> options, ResilienceMetrics metrics)
    {
        _metrics = metrics;
        _settings = new InForce(options.CurrentValue.Routing.Hedging);
        _changes = options.OnChange(changed => Volatile.Write(ref _settings, new InForce(changed.Routing.Hedging)));
    }

    private HedgingOptions Settings => Volatile.Read(ref _settings).Options;

    /// <summary>When to ask a second provider; <see langword="null"/>: not for this attempt.</summary>
    /// <remarks>Never where more than one attempt would write to the client or hold its answer back: hooks, kept answers, answers passed on unread. Nor for joined
    /// callers, whose budgets reserved for one call and would not be charged for the one that lost.</remarks>
    public TimeSpan? DelayFor(Exchange exchange, Candidate candidate)
    {
        var settings = Volatile.Read(ref _settings);
        var hedging = settings.Options;
        if (!hedging.Enabled || exchange.Priority < settings.LeastPriority || exchange.SecondScratch is not null || exchange.Operation.IsPassThrough()
            || exchange.IsJoined || exchange.Hooks is not null || exchange.Request!.AnswerKept is not null)
        {
            return null;
        }

        if (exchange.Attempts == 0)
        {
            _budget.Earn(hedging.MaxShare);
        }

        return _board.Quantile(candidate, exchange.Request!.Stream, hedging.Quantile);
    }

    /// <summary>Takes in what an answer took.</summary>
    public void Note(Candidate candidate, bool isStreamed, in AttemptResult result)
    {
        if (Settings.Enabled && result.Outcome == AttemptOutcome.Succeeded)
        {
            _board.Note(candidate, isStreamed, result.Latency);
        }
    }

    /// <summary>Whether a second provider has room for a hedge, and one is earned; spends it.</summary>
    /// <param name="load">What is in flight there, as a share of its capacity.</param>
    public bool TrySpend(double load) => load < Settings.MaxLoad && _budget.TrySpend();

    public void Ended(string second, HedgeResult result) => _metrics.Hedged(second, result);

    public void Dispose() => _changes?.Dispose();

    /// <summary>The settings, read once.</summary>
    private sealed record InForce(HedgingOptions Options)
    {
        public RequestPriority LeastPriority { get; } = PriorityNames.Read(Options.LeastPriority) ?? RequestPriority.High;
    }
}
