using System.Diagnostics;
using ProxyCluster.GatewayApi.Condensation;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>What spans tell of a condensation. Nothing of what was said.</summary>
internal static class CondensationTags
{
    /// <summary>The figures that the request's own span has.</summary>
    public static void Write(Activity span, CondensedFigures figures)
    {
        span.SetTag("proxycluster.condensed.strategy", StrategyNames.Of(figures.Strategy));
        span.SetTag("proxycluster.condensed.tokens_before", figures.TokensBefore);
        span.SetTag("proxycluster.condensed.tokens_after", figures.TokensAfter);
        span.SetTag("proxycluster.condensed.step", figures.Rolling?.Step);
        span.SetTag("proxycluster.condensed.new_step", figures.Rolling?.IsNew);
    }

    /// <summary>The same, with what became of the messages, how the head was decided on, and the time that each step took.</summary>
    public static void WriteAll(Activity span, CondensedFigures figures)
    {
        Write(span, figures);
        span.SetTag("proxycluster.condensed.kept", figures.Kept);
        span.SetTag("proxycluster.condensed.shortened", figures.Shortened);
        span.SetTag("proxycluster.condensed.merged", figures.Merged);
        span.SetTag("proxycluster.condensed.dropped", figures.Dropped);
        span.SetTag("proxycluster.condensed.summaries", figures.Summaries);
        if (figures.Rolling is { IsNew: true } rolling)
        {
            span.SetTag("proxycluster.condensed.saved_tokens", rolling.Saved);
            span.SetTag("proxycluster.condensed.lost_tokens", rolling.Lost);
        }

        span.SetTag("proxycluster.condensed.count_ms", figures.Counted.TotalMilliseconds);
        span.SetTag("proxycluster.condensed.summarise_ms", figures.Summarised.TotalMilliseconds);
        span.SetTag("proxycluster.condensed.select_ms", figures.Selected.TotalMilliseconds);
    }
}
