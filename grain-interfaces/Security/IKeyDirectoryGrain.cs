using Orleans.Concurrency;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GrainInterfaces.Security;

/// <summary>Owns the API keys of one shard, as hashes, and tells gateways of changes.</summary>
/// <remarks>
/// Key: the shard, 0 to <see cref="KeyDirectory.Shards"/> − 1, from the key's public id. Each change is stored before it
/// is acknowledged and before the feed tells it.
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

    /// <summary>Revokes a key for ever.</summary>
    /// <param name="publicId">The public part of the key.</param>
    /// <returns><see langword="false"/> when there is none. Revoking again is no fault.</returns>
    /// <exception cref="OrleansException">The store does not answer: whether the key was revoked is not known.</exception>
    [Alias("revoke")]
    ValueTask<bool> RevokeAsync(string publicId);

    /// <summary>Answers with all changes after a cursor, as soon as there are any or when the wait is over.</summary>
    /// <param name="cursor">From the last page; the default value: from the beginning.</param>
    /// <param name="wait">At most 3 s; longer ones are cut to it.</param>
    [Alias("feed"), AlwaysInterleave]
    ValueTask<KeyFeedPage> FeedAsync(KeyFeedCursor cursor, TimeSpan wait);
}
