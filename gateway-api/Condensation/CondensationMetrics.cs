using System.Diagnostics;
using System.Diagnostics.Metrics;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What operators learn of condensation. Tags are bounded: strategies, and what came of them.</summary>
internal sealed class CondensationMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _conversations;
    private readonly Counter<long> _saved;
    private readonly Counter<long> _summaries;
    private readonly Counter<long> _rolling;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _steps;

    /// <summary>The outcome of a conversation of which more must stay than the budget has room for.</summary>
    public const string BudgetTooSmall = "budget_too_small";

    public CondensationMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Gateway.Condensation");
        _conversations = _meter.CreateCounter<long>("proxycluster.condensation.conversations", "{conversation}", "Conversations that were to be condensed, by strategy and outcome.");
        _saved = _meter.CreateCounter<long>("proxycluster.condensation.saved_tokens", "{token}", "Tokens that condensed conversations have less.");
        _summaries = _meter.CreateCounter<long>("proxycluster.condensation.summaries", "{summary}", "Summaries asked of a model, by outcome.");
        _rolling = _meter.CreateCounter<long>("proxycluster.condensation.rolling", "{conversation}", "Conversations that grow, by whether their beginning stayed as it was (kept), was condensed anew (new) or is none that stays (whole).");
        _steps = _meter.CreateHistogram<double>("proxycluster.condensation.step_seconds", "s", "How long each step of condensing a conversation took.");
        _duration = _meter.CreateHistogram<double>("proxycluster.condensation.duration_seconds", "s", "How long condensing a conversation took, summaries included.");
    }

    /// <summary>A conversation was condensed.</summary>
    public void Condensed(CondensedFigures figures)
    {
        var strategy = Tag(figures.Strategy);
        _conversations.Add(1, strategy, Outcome("condensed"));
        _saved.Add(figures.TokensBefore - figures.TokensAfter, strategy);
        _duration.Record(figures.Took.TotalSeconds, strategy);
        _steps.Record(figures.Counted.TotalSeconds, Step("count"));
        _steps.Record(figures.Selected.TotalSeconds, Step("select"));
        if (figures.Summarised > TimeSpan.Zero)
        {
            _steps.Record(figures.Summarised.TotalSeconds, Step("summarise"));
        }
    }

    /// <summary>What must stay is larger than the budget.</summary>
    public void TooSmall(CondensationStrategy strategy) => _conversations.Add(1, Tag(strategy), Outcome(BudgetTooSmall));

    /// <summary>A conversation was to keep its beginning.</summary>
    /// <param name="rolling">How it does; <see langword="null"/>: it is condensed as a whole.</param>
    public void Rolled(RollingFigures? rolling) => _rolling.Add(1, new KeyValuePair<string, object?>("decision", rolling is null ? "whole" : rolling.IsNew ? "new" : "kept"));

    /// <summary>A conversation was not condensed.</summary>
    public void Failed(CondensationStrategy strategy, CondensationFailure failure) => _conversations.Add(1, Tag(strategy), Outcome(NameOf(failure)));

    /// <summary>A summary was asked for.</summary>
    public void Summarised(SummaryOutcome outcome) => _summaries.Add(1, Outcome(NameOf(outcome)));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal static string NameOf(CondensationFailure failure) => failure switch
    {
        CondensationFailure.TimedOut => "timed_out",
        CondensationFailure.Threw => "failed",
        CondensationFailure.TooLarge => "too_large",
        CondensationFailure.Unreadable => "unreadable",
        _ => throw new UnreachableException($"The failure {failure} has no name."),
    };

    internal static string NameOf(SummaryOutcome outcome) => outcome switch
    {
        SummaryOutcome.Written => "written",
        SummaryOutcome.Refused => "refused",
        SummaryOutcome.TimedOut => "timed_out",
        SummaryOutcome.Failed => "failed",
        SummaryOutcome.Unusable => "unusable",
        _ => throw new UnreachableException($"The outcome {outcome} has no name."),
    };

    private static KeyValuePair<string, object?> Tag(CondensationStrategy strategy) => new("strategy", StrategyNames.Of(strategy));

    private static KeyValuePair<string, object?> Step(string name) => new("step", name);

    private static KeyValuePair<string, object?> Outcome(string name) => new("outcome", name);
}
