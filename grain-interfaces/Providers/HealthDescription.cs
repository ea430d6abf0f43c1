using ProxyCluster.Core.Providers;

namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>What a provider's health is told from, as the admin API shows it.</summary>
/// <param name="LastTraffic">When a request last ended; <see langword="null"/>: none was heard of.</param>
/// <param name="LastCheck">When a check last ended; <see langword="null"/>: there was none.</param>
/// <param name="CheckOutcome">What it found.</param>
/// <param name="IsIdle">Whether there was no request for so long that checks take their place.</param>
[GenerateSerializer, Immutable, Alias("pc.health-description")]
public sealed record HealthDescription(
    [property: Id(0)] DateTimeOffset? LastTraffic,
    [property: Id(1)] DateTimeOffset? LastCheck,
    [property: Id(2)] AttemptOutcome CheckOutcome,
    [property: Id(3)] bool IsIdle);
