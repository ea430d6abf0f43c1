using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.Core.Security;

/// <summary>
/// HMAC-SHA-256 of a key under the cluster's pepper. Keys hold 256 random bits, so a slow hash would protect nothing and
/// hand strangers a way to burn our processors (RELIABILITY 7.3).
/// </summary>
[InlineArray(Size)]
public struct KeyHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = HMACSHA256.HashSizeInBytes;

    /// <summary>Characters of the longest credential that is looked at.</summary>
    public const int LongestKey = 512;

    private byte _first;

    /// <summary>The first 16 bytes, to look a hash up by.</summary>
    public readonly UInt128 Prefix => BinaryPrimitives.ReadUInt128BigEndian(this[..16]);

    /// <summary>Hashes a key. Allocates nothing.</summary>
    /// <param name="pepper">At least 32 bytes, the same in the whole cluster.</param>
    /// <param name="key">At most <see cref="LongestKey"/> characters.</param>
    /// <exception cref="ArgumentOutOfRangeException">The key is too long.</exception>
    public static KeyHash Of(ReadOnlySpan<byte> pepper, ReadOnlySpan<char> key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, LongestKey, nameof(key));
        Span<byte> octets = stackalloc byte[LongestKey * 3];
        var length = Encoding.UTF8.GetBytes(key, octets);
        var hash = default(KeyHash);
        HMACSHA256.HashData(pepper, octets[..length], hash);
        CryptographicOperations.ZeroMemory(octets[..length]);
        return hash;
    }

    /// <summary>Takes a stored hash.</summary>
    /// <param name="stored">What <see cref="KeyRecord.Hash"/> holds.</param>
    /// <param name="hash">The same.</param>
    /// <returns><see langword="false"/> when it is not <see cref="Size"/> bytes long.</returns>
    public static bool TryRead(ReadOnlySpan<byte> stored, out KeyHash hash)
    {
        hash = default;
        return stored.Length == Size && stored.TryCopyTo(hash);
    }

    /// <summary>Compares in a time that does not depend on the bytes.</summary>
    /// <param name="other">The other hash.</param>
    public readonly bool Matches(in KeyHash other) => CryptographicOperations.FixedTimeEquals(this, other);

    /// <summary>For <see cref="KeyRecord.Hash"/>.</summary>
    public readonly byte[] ToArray() => ((ReadOnlySpan<byte>)this).ToArray();
}
