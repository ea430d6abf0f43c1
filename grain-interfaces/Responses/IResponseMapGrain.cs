using Orleans.Concurrency;
using ProxyCluster.Core.Responses;

namespace ProxyCluster.GrainInterfaces.Responses;

/// <summary>Remembers for one shard which provider keeps which answer, so that follow-ups go to it.</summary>
/// <remarks>
/// Key: the shard, 0 to <see cref="ResponseKey.Shards"/> − 1, from the answer's key. What is acknowledged is stored, and
/// is forgotten after <see cref="ResponseShard.Lifetime"/>, or earlier where a shard is full.
/// </remarks>
[GrainInterfaceType("pc.response-map"), Alias("pc.response-map")]
public interface IResponseMapGrain : IGrainWithIntegerKey
{
    /// <summary>Remembers an answer. Doing so again is no fault.</summary>
    /// <param name="key">Whose and which answer; of this shard.</param>
    /// <param name="provider">The name of the provider that keeps it.</param>
    /// <exception cref="ArgumentException">The key is not of this shard, or the provider has no name.</exception>
    /// <exception cref="OrleansException">The store does not answer: whether it is remembered is not known.</exception>
    [Alias("keep")]
    ValueTask KeepAsync(ResponseKey key, string provider);

    /// <summary>The provider that keeps an answer; <see langword="null"/>: it is not known, or forgotten.</summary>
    /// <param name="key">Whose and which answer.</param>
    [Alias("find"), AlwaysInterleave]
    ValueTask<string?> FindAsync(ResponseKey key);
}
