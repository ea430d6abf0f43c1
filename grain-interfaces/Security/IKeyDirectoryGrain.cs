using System.Collections.Immutable;
using Orleans.Concurrency;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GrainInterfaces.Security;

/// <summary>Owns the API keys, users and teams of one shard, keys as hashes, and tells gateways of changes.</summary>
/// <remarks>
/// Key: the shard, 0 to <see cref="KeyDirectory.Shards"/> − 1, from the key's public id or the user's or team's subject.
/// Each change is stored before it is acknowledged and before the feed tells it. What gateways have taken in is kept in
/// memory only: after a lost silo they are counted as they ask again.
/// </remarks>
[GrainInterfaceType("pc.key-directory"), Alias("pc.key-directory")]
public interface IKeyDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Adds a key.</summary>
    /// <param name="record">Its public id, hash, name and roles.</param>
    /// <returns><see langword="false"/> when the public id is taken by another key. Adding the same key again is no fault.</returns>
    /// <exception cref="OrleansException">The store does not answer: whether the key was added is not known.</exception>
    [Alias("add")]
    ValueTask<bool> AddAsync(KeyRecord record);

    /// <summary>Finds a key, revoked ones included; <see langword="null"/> when there is none.</summary>
    /// <param name="publicId">The public part of the key.</param>
    [Alias("find"), AlwaysInterleave]
    ValueTask<KeyRecord?> FindAsync(string publicId);

    /// <summary>Finds a key with its version and when it was used; <see langword="null"/> when there is none.</summary>
    /// <param name="publicId">The public part of the key.</param>
    [Alias("read"), AlwaysInterleave]
    ValueTask<KeyDescription?> ReadAsync(string publicId);

    /// <summary>The shard's keys in the order of their public ids.</summary>
    /// <param name="query">Which, and how many.</param>
    [Alias("list"), AlwaysInterleave]
    ValueTask<ImmutableArray<KeyDescription>> ListAsync(KeyQuery query);

    /// <summary>How many keys the shard has, as its clock says.</summary>
    [Alias("count"), AlwaysInterleave]
    ValueTask<KeyCounts> CountAsync();

    /// <summary>
    /// Replaces what may change of a key: name, roles, permissions, models, regions, limits, priority, end, user and team.
    /// The rest stays as it is, whatever the record says.
    /// </summary>
    /// <param name="record">The key as it is to be.</param>
    /// <param name="expectedVersion">The version that was read.</param>
    /// <exception cref="OrleansException">The store does not answer: whether it was changed is not known.</exception>
    [Alias("change")]
    ValueTask<KeyChange> ChangeAsync(KeyRecord record, long expectedVersion);

    /// <summary>Gives a key another secret; the one it had goes on for a while, the one before that ends.</summary>
    /// <param name="rotation">The hash of the new secret, and how long the old one goes on.</param>
    /// <exception cref="OrleansException">The store does not answer: whether it was changed is not known.</exception>
    [Alias("rotate")]
    ValueTask<KeyChange> RotateAsync(KeyRotation rotation);

    /// <summary>Puts a hash under a newer pepper in the place of one under an older; nothing, where the key has no such hash.</summary>
    /// <param name="rehash">Both hashes of one secret.</param>
    /// <exception cref="OrleansException">The store does not answer: whether it was changed is not known.</exception>
    [Alias("rehash")]
    ValueTask RehashAsync(KeyRehash rehash);

    /// <summary>Revokes a key for ever.</summary>
    /// <param name="publicId">The public part of the key.</param>
    /// <returns><see langword="false"/> when there is none. Revoking again is no fault.</returns>
    /// <exception cref="OrleansException">The store does not answer: whether the key was revoked is not known.</exception>
    [Alias("revoke")]
    ValueTask<bool> RevokeAsync(string publicId);

    /// <summary>Notes that secrets were used. Kept for operators only: stored every few minutes, the last of them may be lost.</summary>
    /// <param name="uses">Of keys of this shard; what is not known is passed over.</param>
    [Alias("used"), AlwaysInterleave]
    ValueTask UsedAsync(ImmutableArray<KeyUse> uses);

    /// <summary>Finds a user or team with its version, deleted ones included; <see langword="null"/> when there was never one.</summary>
    /// <param name="subject">For example <c>team:research</c>.</param>
    [Alias("read-subject"), AlwaysInterleave]
    ValueTask<SubjectDescription?> ReadSubjectAsync(string subject);

    /// <summary>The shard's users or teams in the order of their ids, deleted ones left out.</summary>
    /// <param name="query">Which, and how many.</param>
    [Alias("list-subjects"), AlwaysInterleave]
    ValueTask<ImmutableArray<SubjectDescription>> ListSubjectsAsync(SubjectQuery query);

    /// <summary>Makes, changes or deletes a user or team. When and by whom it was made stays as it is.</summary>
    /// <param name="record">As it is to be.</param>
    /// <param name="expectedVersion">The version that was read; 0: there must be none, or a deleted one.</param>
    /// <exception cref="OrleansException">The store does not answer: whether it was changed is not known.</exception>
    [Alias("set-subject")]
    ValueTask<KeyChange> SetSubjectAsync(SubjectRecord record, long expectedVersion);

    /// <summary>Answers with all changes after a cursor, as soon as there are any or when the wait is over.</summary>
    /// <param name="cursor">From the last page; the default value: from the beginning.</param>
    /// <param name="wait">At most 3 s; longer ones are cut to it.</param>
    [Alias("feed"), AlwaysInterleave]
    ValueTask<KeyFeedPage> FeedAsync(KeyFeedCursor cursor, TimeSpan wait);

    /// <summary>As <see cref="FeedAsync"/>, for a gateway: its cursor says what it has taken in.</summary>
    /// <param name="poll">Who asks, from where, and for how long it waits.</param>
    [Alias("follow"), AlwaysInterleave]
    ValueTask<KeyFeedPage> FollowAsync(KeyFeedPoll poll);

    /// <summary>Notes that a gateway ends: it is not waited for.</summary>
    /// <param name="gateway">The gateway process.</param>
    [Alias("leave"), AlwaysInterleave]
    ValueTask LeaveAsync(Guid gateway);

    /// <summary>Waits until every gateway has taken in a change, and names those that have not.</summary>
    /// <param name="version">The change: a version that was read or answered.</param>
    /// <param name="wait">At most 3 s; longer ones are cut to it.</param>
    [Alias("reach"), AlwaysInterleave]
    ValueTask<KeyReach> ReachAsync(long version, TimeSpan wait);
}
