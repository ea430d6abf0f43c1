using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Security;

/// <summary>A key and when it last changed.</summary>
/// <param name="Record">The key as it is now.</param>
/// <param name="Position">Counts the shard's changes from 1.</param>
[GenerateSerializer, Immutable, Alias("pc.stored-key")]
public sealed record StoredKey([property: Id(0)] KeyRecord Record, [property: Id(1)] long Position) : IStoredRecord
{
    string IStoredRecord.Id => Record.PublicId;
}

/// <summary>A user or team and when it last changed.</summary>
/// <param name="Record">As it is now.</param>
/// <param name="Position">Counts the shard's changes from 1, together with its keys'.</param>
[GenerateSerializer, Immutable, Alias("pc.stored-subject")]
public sealed record StoredSubject([property: Id(0)] SubjectRecord Record, [property: Id(1)] long Position) : IStoredRecord
{
    string IStoredRecord.Id => Record.Subject;
}

/// <summary>A change of one stored page: the page as it is to be.</summary>
/// <param name="Page">The page's number, from 0; the number of pages: a new one.</param>
/// <param name="Keys">Its whole content.</param>
/// <param name="Changed">What is new in it.</param>
public sealed record RecordChange<T>(int Page, ImmutableArray<T> Keys, T Changed);

/// <summary>A part of a shard's feed.</summary>
/// <param name="Records">Keys as they are now.</param>
/// <param name="Subjects">Users and teams as they are now.</param>
/// <param name="Position">Where to go on.</param>
/// <param name="More">Whether there are more already.</param>
public readonly record struct KeyShardChanges(
    ImmutableArray<KeyRecord> Records, ImmutableArray<SubjectRecord> Subjects, long Position, bool More);
