using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>One provider as the admin API shows it.</summary>
/// <param name="Definition">What is configured.</param>
/// <param name="Status">What the cluster thinks of it.</param>
/// <param name="Scores">By model, from the outcomes of the whole cluster.</param>
/// <param name="Outcomes">How many attempts ended in each way, since the grain began.</param>
[GenerateSerializer, Immutable, Alias("pc.provider-description")]
public sealed record ProviderDescription(
    [property: Id(0)] ProviderDefinition Definition,
    [property: Id(1)] ProviderStatus Status,
    [property: Id(2)] ImmutableArray<ProviderScore> Scores,
    [property: Id(3)] ImmutableArray<OutcomeCount> Outcomes)
{
    /// <summary>Its circuit; <see langword="null"/>: an older silo answers.</summary>
    [Id(4)] public CircuitDescription? Circuit { get; init; }

    /// <summary>Its models that rest.</summary>
    [Id(5)] public ImmutableArray<ModelRest> Rests { get; init; } = [];

    /// <summary>What its headers say of its limits.</summary>
    [Id(6)] public ImmutableArray<ModelQuota> Quotas { get; init; } = [];

    /// <summary>What its status is told from; <see langword="null"/>: an older silo answers.</summary>
    [Id(7)] public HealthDescription? Health { get; init; }
}

/// <summary>How many attempts ended in one way.</summary>
/// <param name="Outcome">The way.</param>
/// <param name="Count">At least 0.</param>
[GenerateSerializer, Immutable, Alias("pc.outcome-count")]
public readonly record struct OutcomeCount([property: Id(0)] AttemptOutcome Outcome, [property: Id(1)] long Count);
