using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Security;

/// <summary>A key and when it last changed.</summary>
/// <param name="Record">The key as it is now.</param>
/// <param name="Position">Counts the shard's changes from 1.</param>
[GenerateSerializer, Immutable, Alias("pc.stored-key")]
public sealed record StoredKey([property: Id(0)] KeyRecord Record, [property: Id(1)] long Position);

/// <summary>A change of a <see cref="KeyShard"/>: one stored page as it is to be.</summary>
/// <param name="Page">The page's number, from 0; the number of pages: a new one.</param>
/// <param name="Keys">Its whole content.</param>
public sealed record KeyShardChange(int Page, ImmutableArray<StoredKey> Keys);

/// <summary>A part of a shard's feed.</summary>
/// <param name="Records">Keys as they are now.</param>
/// <param name="Position">Where to go on.</param>
/// <param name="More">Whether there are more already.</param>
public readonly record struct KeyShardChanges(ImmutableArray<KeyRecord> Records, long Position, bool More);
