using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>How one attempt ended, as the gateways tell the provider's grain.</summary>
/// <param name="Model">The provider's entry that served it (<see cref="ModelDefinition.Id"/>), so that the set is bounded.</param>
/// <param name="Outcome">Who is to blame, if anyone.</param>
/// <param name="Streamed">Whether it was a stream: then <paramref name="Latency"/> is the time to the first token.</param>
/// <param name="Latency">Time to the first token of a stream, else to the last byte.</param>
/// <param name="Usage">Tokens billed; zero when the provider did not say.</param>
/// <param name="AgeMilliseconds">How long ago it ended, when the batch was sent.</param>
[GenerateSerializer, Immutable, Alias("pc.attempt-report")]
public readonly record struct AttemptReport(
    [property: Id(0)] string Model,
    [property: Id(1)] AttemptOutcome Outcome,
    [property: Id(2)] bool Streamed,
    [property: Id(3)] TimeSpan Latency,
    [property: Id(4)] TokenUsage Usage,
    [property: Id(5)] int AgeMilliseconds)
{
    /// <summary>From the request's first byte to the attempt's end, a stream's whole length included.</summary>
    [Id(6)] public int DurationMilliseconds { get; init; }

    /// <summary>Of a 429: how long the provider asks to be left alone; <see langword="null"/>: it does not say.</summary>
    [Id(7)] public int? RestMilliseconds { get; init; }

    /// <summary>The number of the permit of a half-open circuit's probe; 0: it was no probe.</summary>
    [Id(8)] public long Permit { get; init; }

    /// <summary>A check of the provider's health, no request of a client: it does not enter scores.</summary>
    [Id(9)] public bool IsCheck { get; init; }
}
