using System.Collections.Immutable;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GrainInterfaces.Security;

/// <summary>How keys are spread over the directory's shards.</summary>
public static class KeyDirectory
{
    /// <summary>How many shards there are. Stored state depends on it: it never changes.</summary>
    public const int Shards = 64;

    /// <summary>The longest wait of the feed.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>Keys of one feed page at most.</summary>
    public const int LargestPage = 5000;

    /// <summary>The shard of a key.</summary>
    /// <param name="publicId">The public part of the key.</param>
    public static int ShardOf(ReadOnlySpan<char> publicId)
    {
        var hash = 2166136261u; // FNV-1a, 32 bits: stable over releases and processes
        foreach (var c in publicId)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)(hash % Shards);
    }
}

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
    [property: Id(3)] bool More);
