using ProxyCluster.Tests.Faults.Load;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>What clients and the sick provider saw of one fault.</summary>
internal sealed record FaultOutcome
{
    public required int Sent { get; init; }

    public required IReadOnlyList<Sent> Failures { get; init; }

    /// <summary>What waiting for the sick provider cost at most.</summary>
    public required TimeSpan SlowestWhileIll { get; init; }

    /// <summary>What came to the sick provider while it was ill.</summary>
    public required int Calls { get; init; }

    /// <summary>Those of <see cref="Calls"/> that came after enough had failed to know better.</summary>
    public required int CallsAfterTold { get; init; }

    /// <summary>From its healing until it served again; <see langword="null"/>: it did not.</summary>
    public required TimeSpan? BackAfter { get; init; }

    public override string ToString() =>
        $"{Sent} sent, {Failures.Count} failed, slowest while ill {SlowestWhileIll.TotalMilliseconds:F0} ms, "
        + $"{Calls} calls to the sick one, {CallsAfterTold} of them after it was known, back after {BackAfter?.TotalSeconds ?? double.NaN:F1} s";
}
