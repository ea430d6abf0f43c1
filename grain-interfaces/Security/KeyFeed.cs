using System.Collections.Immutable;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GrainInterfaces.Security;

/// <summary>A place in a shard's feed.</summary>
/// <param name="Epoch">New when a shard could not go on from its stored counter: the reader starts again.</param>
/// <param name="Position">Counts changes.</param>
[GenerateSerializer, Immutable, Alias("pc.key-feed-cursor")]
public readonly record struct KeyFeedCursor([property: Id(0)] Guid Epoch, [property: Id(1)] long Position);

/// <summary>One page of a shard's feed.</summary>
/// <param name="Next">Where to go on.</param>
/// <param name="Whole">
/// The feed starts again at the beginning: the pages from this one to the first without <paramref name="More"/> hold every
/// key of the shard, and what the reader has and they have not is gone.
/// </param>
/// <param name="Changes">Keys as they are now; at most <see cref="KeyDirectory.LargestPage"/>.</param>
/// <param name="More">There are more already: ask again at once.</param>
[GenerateSerializer, Immutable, Alias("pc.key-feed-page")]
public sealed record KeyFeedPage(
    [property: Id(0)] KeyFeedCursor Next,
    [property: Id(1)] bool Whole,
    [property: Id(2)] ImmutableArray<KeyRecord> Changes,
    [property: Id(3)] bool More)
{
    /// <summary>Users and teams as they are now, deleted ones included; default: none.</summary>
    [Id(4)] public ImmutableArray<SubjectRecord> Subjects { get; init; }
}

/// <summary>A gateway's question for what is new.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="Name">For operators: host and process id.</param>
/// <param name="Cursor">What it has taken in.</param>
/// <param name="Wait">At most <see cref="KeyDirectory.LongestWait"/>; longer ones are cut to it.</param>
[GenerateSerializer, Immutable, Alias("pc.key-feed-poll")]
public readonly record struct KeyFeedPoll(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] string Name,
    [property: Id(2)] KeyFeedCursor Cursor,
    [property: Id(3)] TimeSpan Wait);

/// <summary>How far a change has come.</summary>
/// <param name="Gateways">Gateways that follow the shard's feed.</param>
/// <param name="Laggards">Those that have not taken the change in.</param>
[GenerateSerializer, Immutable, Alias("pc.key-reach")]
public sealed record KeyReach([property: Id(0)] int Gateways, [property: Id(1)] ImmutableArray<KeyLaggard> Laggards);

/// <summary>A gateway that may still go by what was before.</summary>
/// <param name="Name">Host and process id.</param>
/// <param name="HeardAt">When it last asked for changes: after <c>Auth:MaxStaleSeconds</c> it refuses the directory's keys by itself.</param>
[GenerateSerializer, Immutable, Alias("pc.key-laggard")]
public readonly record struct KeyLaggard([property: Id(0)] string Name, [property: Id(1)] DateTimeOffset HeardAt);
