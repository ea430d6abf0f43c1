using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Usage;

/// <summary>Usage that a gateway has gathered. It is sent until it is acknowledged, and counted once.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="Sequence">Of this gateway's batches to the same ledger: rises with each.</param>
/// <param name="Rows">Each key once.</param>
[GenerateSerializer, Immutable, Alias("pc.usage-batch")]
public sealed record UsageBatch([property: Id(0)] Guid Gateway, [property: Id(1)] long Sequence, [property: Id(2)] ImmutableArray<UsageRow> Rows);
