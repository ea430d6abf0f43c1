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
    /// <param name="name">For operators.</param>
    /// <param name="roles">See <see cref="KeyRoles"/>.</param>
    /// <param name="expiresAt">When it stops working; <see langword="null"/>: never.</param>
    /// <param name="cancellationToken">Stops waiting for the directory.</param>
    /// <exception cref="PepperException">There is nothing to hash keys with.</exception>
    /// <exception cref="OrleansException">The cluster does not answer; see <see cref="ClusterSilence"/> for all that means so.</exception>
    public async Task<CreatedKey> CreateAsync(
        string name, ImmutableArray<string> roles, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        while (true)
        {
            var key = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
            var record = RecordOf(key, name, roles, expiresAt);
            var shard = grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(record.PublicId));
            if (await shard.AddAsync(record).AsTask().WaitAsync(Deadline, clock, cancellationToken))
            {
                return new(record, new Secret(key));
            }

            // The public id is taken, which happens once in 10^21 keys: another one.
        }
    }

    private KeyRecord RecordOf(string key, string name, ImmutableArray<string> roles, DateTimeOffset? expiresAt) => new()
    {
        PublicId = key.Substring(ApiKeyFormat.Prefix.Length, ApiKeyFormat.PublicIdLength),
        Hash = [.. KeyHash.Of(pepper.Value, key).ToArray()],
        Name = name,
        Roles = roles,
        CreatedAt = clock.GetUtcNow(),
        ExpiresAt = expiresAt,
    };
}

/// <summary>A new key.</summary>
/// <param name="Record">What is stored.</param>
/// <param name="Key">The plain key: shown to its owner once, kept nowhere.</param>
internal readonly record struct CreatedKey(KeyRecord Record, Secret Key);
