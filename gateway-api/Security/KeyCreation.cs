using System.Collections.Immutable;
using System.Security.Cryptography;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Makes API keys: the plain key is handed out once, and only its hash is stored.</summary>
internal sealed class KeyCreation(IGrainFactory grains, PepperSource pepper, TimeProvider clock)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Makes a key and stores its hash in the cluster's directory.</summary>
    /// <param name="wish">What it is to be: name, roles, rights, owner, end and maker. Its id, hash and beginning are made here.</param>
    /// <param name="cancellationToken">Stops waiting for the directory.</param>
    /// <exception cref="PepperException">There is nothing to hash keys with.</exception>
    /// <exception cref="OrleansException">The cluster does not answer; see <see cref="ClusterSilence"/> for all that means so.</exception>
    public async Task<CreatedKey> CreateAsync(KeyRecord wish, CancellationToken cancellationToken)
    {
        while (true)
        {
            var key = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
            var record = wish with
            {
                PublicId = key.Substring(ApiKeyFormat.Prefix.Length, ApiKeyFormat.PublicIdLength),
                Hash = HashOf(key),
                PepperVersion = pepper.Current.Version,
                CreatedAt = clock.GetUtcNow(),
            };
            var shard = grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(record.PublicId));
            if (await shard.AddAsync(record).AsTask().WaitAsync(Deadline, clock, cancellationToken))
            {
                return new(record, new Secret(key));
            }

            // The public id is taken, which happens once in 10^21 keys: another one.
        }
    }

    /// <summary>Gives a key another secret. The one it had goes on for the grace, the one before that ends.</summary>
    /// <param name="publicId">The key.</param>
    /// <param name="grace">How long the old secret goes on; zero: not at all.</param>
    /// <param name="expectedVersion">The version that was read; 0: whatever is in force.</param>
    /// <param name="cancellationToken">Stops waiting for the directory.</param>
    /// <returns>How it ended, and the whole new key: of use only where it is stored.</returns>
    /// <exception cref="PepperException">There is nothing to hash keys with.</exception>
    /// <exception cref="OrleansException">The cluster does not answer; see <see cref="ClusterSilence"/> for all that means so.</exception>
    public async Task<(KeyChange Change, Secret Key)> RotateAsync(
        string publicId, TimeSpan grace, long expectedVersion, CancellationToken cancellationToken)
    {
        var key = ApiKeyFormat.Create(publicId, RandomNumberGenerator.GetBytes(ApiKeyFormat.SecretBytes));
        var rotation = new KeyRotation(publicId, HashOf(key), pepper.Current.Version, grace, expectedVersion);
        var shard = grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(publicId));
        return (await shard.RotateAsync(rotation).AsTask().WaitAsync(Deadline, clock, cancellationToken), new Secret(key));
    }

    private ImmutableArray<byte> HashOf(string key) => [.. KeyHash.Of(pepper.Value, key).ToArray()];
}

/// <summary>A new key.</summary>
/// <param name="Record">What is stored.</param>
/// <param name="Key">The plain key: shown to its owner once, kept nowhere.</param>
internal readonly record struct CreatedKey(KeyRecord Record, Secret Key);
