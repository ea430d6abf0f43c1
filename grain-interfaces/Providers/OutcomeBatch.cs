using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>What one gateway saw of one provider since its last batch.</summary>
/// <param name="Gateway">The gateway process; new with each start.</param>
/// <param name="Sequence">Counts this gateway's batches to this provider from 1; repeated when a batch is sent again.</param>
/// <param name="InFlight">Requests this gateway has in flight at the provider, as the batch is sent.</param>
/// <param name="Reports">Attempts that ended; at most 4,096.</param>
[GenerateSerializer, Immutable, Alias("pc.outcome-batch")]
public sealed record OutcomeBatch(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] long Sequence,
    [property: Id(2)] int InFlight,
    [property: Id(3)] ImmutableArray<AttemptReport> Reports)
{
    /// <summary>What the provider's headers say of its limits, as far as this gateway knows; empty where nothing is new.</summary>
    [Id(4)] public ImmutableArray<ModelQuota> Quotas { get; init; } = [];
}
