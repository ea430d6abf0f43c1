using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Orleans;

namespace ProxyCluster.Core.Responses;

/// <summary>
/// What a kept answer is found by: who asked and the answer's id, hashed together, so that nobody finds another's answer
/// and no id is stored.
/// </summary>
/// <param name="High">The hash's first 8 bytes.</param>
/// <param name="Low">Its next 8 bytes.</param>
[GenerateSerializer, Immutable, Alias("pc.response-key")]
public readonly record struct ResponseKey([property: Id(0)] ulong High, [property: Id(1)] ulong Low)
{
    /// <summary>How many shards the map has. Stored state depends on it: it never changes.</summary>
    public const int Shards = 256;

    /// <summary>The shard that remembers it.</summary>
    public int Shard => (int)(High % Shards);

    /// <summary>The key of one caller's answer: SHA-256, cut to 16 bytes.</summary>
    /// <param name="subject">The caller, as limits know him; holds no line feed.</param>
    /// <param name="id">The provider's id of the answer.</param>
    public static ResponseKey Of(string subject, string id)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{subject}\n{id}"));
        return new ResponseKey(BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash.AsSpan(8)));
    }
}
