using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>A way in which a provider is ill.</summary>
/// <param name="Name">Names the fault's providers, model and alias too.</param>
/// <param name="Behaviour">What the provider does then; <see langword="null"/>: nobody can connect to it.</param>
internal sealed record UpstreamFault(string Name, Behaviour? Behaviour)
{
    /// <summary>An address that drops whoever wants to connect.</summary>
    public static readonly UpstreamFault Unreachable = new("unreachable", null);

    /// <summary>Takes the connection and the request, and never answers.</summary>
    public static readonly UpstreamFault Silent = new("silent", Behaviour.BlackHole);

    /// <summary>Resets each connection instead of answering.</summary>
    public static readonly UpstreamFault Resetting = new("resetting", new() { CutBeforeHeaders = true, Reset = true }) { CallsAFailure = 2 };

    /// <summary>Answers 500.</summary>
    public static readonly UpstreamFault Failing = new("failing", new() { Status = 500 });

    /// <summary>Answers 429, and does not say for how long.</summary>
    public static readonly UpstreamFault Limited = new("limited", new() { Status = 429 }) { TellingFailures = 1 };

    /// <summary>Answers with headers, and falls silent before the first content.</summary>
    public static readonly UpstreamFault StallsAtFirst = new("stalls-at-first", new() { StallAfterEvents = 0 });

    /// <summary>Falls silent in the middle of each stream.</summary>
    public static readonly UpstreamFault StallsMidway = new("stalls-midway", new() { StallAfterEvents = 3 }) { IsMidway = true };

    /// <summary>Breaks each stream off in its middle.</summary>
    public static readonly UpstreamFault CutsMidway = new("cuts-midway", new() { CutAfterEvents = 3, Reset = true }) { IsMidway = true };

    /// <summary>Whether it shows only after the first content: then nobody can take over, and the client sees it.</summary>
    public bool IsMidway { get; private init; }

    /// <summary>How many failures tell that the provider is to be left alone: five in a row open its circuit, one 429 is enough.</summary>
    public int TellingFailures { get; private init; } = 5;

    /// <summary>How many calls a failure may be: over a connection that was kept open a request is sent once more, afresh.</summary>
    public int CallsAFailure { get; private init; } = 1;

    /// <summary>Tried first.</summary>
    public string Sick => "sick-" + Name;

    /// <summary>Tried next, and always well.</summary>
    public string Well => "well-" + Name;

    /// <summary>As both providers know it.</summary>
    public string Model => "model-" + Name;

    /// <summary>Asks the sick provider, then the well one.</summary>
    public string Alias => "either-" + Name;

    /// <summary>Answers 429, and says when to come back.</summary>
    public static UpstreamFault LimitedFor(int seconds) =>
        new("limited-with-advice", new() { Status = 429, RetryAfter = $"{seconds}" }) { TellingFailures = 1 };
}
