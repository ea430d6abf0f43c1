using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Responses;

/// <summary>Which provider keeps an answer.</summary>
/// <param name="Key">Whose and which answer.</param>
/// <param name="Provider">The provider's name.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
[GenerateSerializer, Immutable, Alias("pc.kept-response")]
public readonly record struct KeptResponse(
    [property: Id(0)] ResponseKey Key,
    [property: Id(1)] string Provider,
    [property: Id(2)] DateTimeOffset ExpiresAt);

/// <summary>One stored page of a <see cref="ResponseShard"/>.</summary>
/// <param name="Sequence">Counts the shard's pages from 1: the highest is the one that takes more.</param>
/// <param name="Kept">In the order in which they came.</param>
public readonly record struct ResponsePage(long Sequence, ImmutableArray<KeptResponse> Kept);

/// <summary>A change of a <see cref="ResponseShard"/>: one stored page as it is to be.</summary>
/// <param name="Slot">Where it is stored, from 0; the number of slots: a new one.</param>
/// <param name="Page">Its whole content.</param>
public readonly record struct ResponsePageChange(int Slot, ResponsePage Page);
