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
