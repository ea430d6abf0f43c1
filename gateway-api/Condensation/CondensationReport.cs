using ProxyCluster.Core.Condensation;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What came of condensing.</summary>
/// <param name="Result">What is left; <see langword="null"/>: it failed.</param>
/// <param name="Failure">Why; <see langword="null"/>: it did not.</param>
internal sealed record CondensationReport(CondensationResult? Result, CondensationFailure? Failure)
{
    /// <summary>Topics that a model could have summarised.</summary>
    public int Topics { get; init; }

    /// <summary>Those that one has.</summary>
    public int Summaries { get; init; }

    /// <summary>What the model's summaries cost in US dollars, used or not; <see langword="null"/>: none was asked for.</summary>
    public decimal? SummaryDollars { get; init; }

    /// <summary>How the beginning stays the same; <see langword="null"/>: it does not.</summary>
    public RollingFigures? Rolling { get; init; }

    /// <summary>Reading and counting the conversation, for an earlier attempt where that did.</summary>
    public TimeSpan Counted { get; init; }

    /// <summary>Waiting for summaries.</summary>
    public TimeSpan Summarised { get; init; }

    /// <summary>All of it.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>Choosing what stays, and writing it.</summary>
    public TimeSpan Selected => Took > Counted + Summarised ? Took - Counted - Summarised : TimeSpan.Zero;
}
