using System.Globalization;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What condensation did to a conversation. Nothing of what was said.</summary>
/// <param name="Strategy">How.</param>
/// <param name="TokensBefore">What the model would have read.</param>
/// <param name="TokensAfter">What it reads.</param>
internal sealed record CondensedFigures(CondensationStrategy Strategy, int TokensBefore, int TokensAfter)
{
    /// <summary>Messages that stay whole.</summary>
    public int Kept { get; init; }

    /// <summary>Messages of which a part stays.</summary>
    public int Shortened { get; init; }

    /// <summary>Messages that a summary tells of or quotes.</summary>
    public int Merged { get; init; }

    /// <summary>Messages that are gone.</summary>
    public int Dropped { get; init; }

    /// <summary>Topics that a model has summarised.</summary>
    public int Summaries { get; init; }

    /// <summary>What these cost in US dollars, with those that could not be used; 0: nothing, or no price is known.</summary>
    public decimal SummaryDollars { get; init; }

    /// <summary>How the beginning stays the same from turn to turn; <see langword="null"/>: it does not.</summary>
    public RollingFigures? Rolling { get; init; }

    /// <summary>How long reading and counting it took.</summary>
    public TimeSpan Counted { get; init; }

    /// <summary>How long its summaries took.</summary>
    public TimeSpan Summarised { get; init; }

    /// <summary>How long choosing what stays took.</summary>
    public TimeSpan Selected { get; init; }

    /// <summary>How long it took, counting and summaries included.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>As <c>x-proxy-condensed</c> tells it.</summary>
    public string Header => string.Create(CultureInfo.InvariantCulture, $"{TokensBefore}->{TokensAfter}");

    /// <summary>Counts what became of messages.</summary>
    /// <param name="strategy">How it was done.</param>
    /// <param name="layout">As the conversation came.</param>
    /// <param name="report">How long it took.</param>
    /// <param name="result">What is left.</param>
    public static CondensedFigures Of(CondensationStrategy strategy, ConversationLayout layout, CondensationReport report, CondensationResult result)
    {
        var shortened = result.Messages.Count(static message => message is { Source: >= 0, Text: not null });
        var kept = result.Messages.Count(static message => message is { Source: >= 0, Text: null });
        return new CondensedFigures(strategy, layout.FixedTokens + result.TokensBefore, layout.FixedTokens + result.TokensAfter)
        {
            Kept = kept,
            Shortened = shortened,
            Merged = result.Merged.Length,
            Dropped = layout.Messages.Length - kept - shortened - result.Merged.Length,
            Summaries = report.Summaries,
            SummaryDollars = report.SummaryDollars ?? 0,
            Rolling = report.Rolling,
            Counted = report.Counted,
            Summarised = report.Summarised,
            Selected = report.Selected,
            Took = report.Took,
        };
    }
}
