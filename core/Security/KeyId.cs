namespace ProxyCluster.Core.Security;

/// <summary>A key's public id as it is looked for: what it is hashed to is worked out once.</summary>
public readonly ref struct KeyId
{
    /// <summary>Takes an id.</summary>
    /// <param name="octets">In ASCII, as it is packed.</param>
    public KeyId(ReadOnlySpan<byte> octets)
    {
        Octets = octets;
        var hash = 2166136261u; // FNV-1a, 32 bits
        foreach (var octet in octets)
        {
            hash = (hash ^ octet) * 16777619u;
        }

        // The low bits have chosen the shard already: all ids of one map have them in common.
        hash *= 0x9E3779B1u;
        Hash = hash ^ (hash >> 15);
    }

    /// <summary>The id, in ASCII.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    /// <summary>The same for the same id, and only within a process.</summary>
    public uint Hash { get; }
}
