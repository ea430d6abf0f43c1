namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What came of asking for a summary.</summary>
/// <param name="Text">The summary; <see langword="null"/>: there is none.</param>
/// <param name="Outcome">What became of it.</param>
internal readonly record struct SummaryAnswer(string? Text, SummaryOutcome Outcome)
{
    /// <summary>What it cost in US dollars, used or not; <see langword="null"/>: no price is known, or nothing was answered.</summary>
    public decimal? Dollars { get; init; }
}
