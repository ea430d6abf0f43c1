namespace ProxyCluster.Core.Providers;

/// <summary>What the outcomes mean for the history of a provider, decided in one place.</summary>
public static class AttemptOutcomes
{
    /// <summary>How many outcomes there are; their numbers are 0 to <c>Count - 1</c>.</summary>
    public const int Count = (int)AttemptOutcome.StreamBroken + 1;

    /// <summary>
    /// Whether the outcome says anything about how well the provider works. A client that left and a request that was
    /// refused for its own faults do not; nor does a 429, which is a cool-down that the gateways keep.
    /// </summary>
    /// <param name="outcome">How the attempt ended.</param>
    public static bool CountsInHistory(this AttemptOutcome outcome) =>
        outcome is AttemptOutcome.Succeeded || outcome.IsFailure();

    /// <summary>Whether the provider, or the way to it, is to blame.</summary>
    /// <param name="outcome">How the attempt ended.</param>
    public static bool IsFailure(this AttemptOutcome outcome) => outcome
        is AttemptOutcome.CredentialsRefused
        or AttemptOutcome.ConnectFailed
        or AttemptOutcome.TimedOut
        or AttemptOutcome.ServerError
        or AttemptOutcome.InvalidAnswer
        or AttemptOutcome.StreamBroken;
}
