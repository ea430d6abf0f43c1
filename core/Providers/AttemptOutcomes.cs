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

    /// <summary>
    /// Whether a failure counts against the provider's circuit. Refused credentials do not: one key or one model may be
    /// to blame, and whoever asks for a model that our key may not use would close the provider to everybody. They make
    /// the model rest instead, as a 429 does.
    /// </summary>
    /// <param name="outcome">How the attempt ended.</param>
    public static bool IsCircuitFailure(this AttemptOutcome outcome) =>
        outcome is not AttemptOutcome.CredentialsRefused && outcome.IsFailure();

    /// <summary>Whether the outcome says anything to the provider's circuit.</summary>
    /// <param name="outcome">How the attempt ended.</param>
    public static bool CountsInCircuit(this AttemptOutcome outcome) =>
        outcome is AttemptOutcome.Succeeded || outcome.IsCircuitFailure();

    /// <summary>Whether the model rests at the provider: its limit is reached, or our credentials are refused for it.</summary>
    /// <param name="outcome">How the attempt ended.</param>
    public static bool AsksForRest(this AttemptOutcome outcome) =>
        outcome is AttemptOutcome.RateLimited or AttemptOutcome.CredentialsRefused;
}
