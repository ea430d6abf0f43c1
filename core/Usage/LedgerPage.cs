using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Usage;

/// <summary>One stored page of a ledger: rows, and how far each gateway's batches are in it.</summary>
/// <param name="Rows">At most <see cref="Ledger.PageSize"/>.</param>
/// <param name="Counted">The last batch of each gateway that this page has seen.</param>
[GenerateSerializer, Immutable, Alias("pc.ledger-page")]
public sealed record LedgerPage(
    [property: Id(0)] ImmutableArray<UsageRow> Rows, [property: Id(1)] ImmutableDictionary<Guid, long> Counted)
{
    /// <summary>A page with nothing on it.</summary>
    public static LedgerPage Empty { get; } = new([], ImmutableDictionary<Guid, long>.Empty);
}
