using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>How the built-in simulator answers: slow, failing, or streaming at a given rate.</summary>
[GenerateSerializer, Immutable, Alias("pc.simulator-settings")]
public sealed record SimulatorSettings
{
    /// <summary>Before the first byte of an answer.</summary>
    [Id(0)] public TimeSpan FirstTokenDelay { get; init; }

    /// <summary>How fast a stream goes, in tokens a second; 0: as fast as it can.</summary>
    [Id(1)] public double TokensPerSecond { get; init; }

    /// <summary>The share of requests that fail, 0 to 1.</summary>
    [Id(2)] public double FailureRate { get; init; }

    /// <summary>The status of a failure, 400 to 599.</summary>
    [Id(3)] public int FailureStatus { get; init; } = 500;

    /// <summary>How long an answer is, in tokens.</summary>
    [Id(4)] public int AnswerTokens { get; init; } = 32;
}
