namespace ProxyCluster.Core.Condensation;

/// <summary>How a conversation that grows is condensed.</summary>
public sealed record RollingOptions
{
    /// <summary>A step frees at least this share of the budget, so that the condensed head seldom changes.</summary>
    internal const double LeastStep = 0.125;

    /// <summary>A step frees at most this share of the budget, so that what was said last stays as it was.</summary>
    internal const double MostStep = 0.5;

    /// <summary>What the provider's prompt cache costs. Default: a quarter for what it holds, nothing extra for what it does not.</summary>
    public PromptCachePrice Price { get; init; } = new(0.25, 1);

    /// <summary>Turns that the conversation is expected to go on for. Default 8.</summary>
    public int ExpectedTurns { get; init; } = 8;

    /// <summary>The share of the budget for the condensed head. Default 0.25.</summary>
    public double HeadShare { get; init; } = 0.25;

    /// <summary>Tokens above which a conversation that still fits is condensed, where that pays; <see langword="null"/>: only what does not fit is.</summary>
    public int? SoftBudget { get; init; }

    /// <summary>The share of the budget that each step frees: the least that pays, within bounds.</summary>
    internal double StepShare => Math.Clamp(RollingDecision.LeastShare(this), LeastStep, MostStep);

    /// <summary>The tokens to hold: the soft budget only where steps that pay are possible at all. It depends on nothing that changes from turn to turn.</summary>
    /// <param name="budget">What must never be exceeded.</param>
    internal int BudgetOf(int budget) =>
        SoftBudget is { } soft && RollingDecision.LeastShare(this) <= MostStep ? Math.Min(soft, budget) : budget;
}
