using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.Core.Security;

/// <summary>A secret that key hashes are made with. Two may be in use at once, while stored keys go over to the newer one.</summary>
public sealed class Pepper
{
    /// <summary>The least a pepper holds, in bytes.</summary>
    public const int LeastBytes = 32;

    // Set up once a thread: to set an HMAC up for each key costs more than to hash the key. For the pepper that the thread
    // uses first, which is the one in force; another one's hashes are set up each time.
    [ThreadStatic]
    private static (Pepper Owner, IncrementalHash Hmac)? _prepared;

    private readonly byte[] _value;

    /// <summary>Takes a pepper.</summary>
    /// <param name="value">At least <see cref="LeastBytes"/> bytes.</param>
    public Pepper(byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfLessThan(value.Length, LeastBytes, nameof(value));
        _value = value;
        Span<byte> mark = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(value, "proxycluster pepper version"u8, mark);
        Version = Math.Max(1, BinaryPrimitives.ReadUInt32BigEndian(mark));
    }

    /// <summary>The secret.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>Hashes a key, as <see cref="KeyHash.Of"/> does. Allocates nothing but on a thread's first.</summary>
    /// <param name="key">At most <see cref="KeyHash.LongestKey"/> characters.</param>
    /// <exception cref="ArgumentOutOfRangeException">The key is too long.</exception>
    public KeyHash Hash(ReadOnlySpan<char> key) => Hash(key, default, null);

    /// <summary>Hashes a key, and has its record fetched from memory meanwhile: both are there at the same time.</summary>
    /// <param name="key">At most <see cref="KeyHash.LongestKey"/> characters.</param>
    /// <param name="id">The key's public id.</param>
    /// <param name="keys">Where the record is; <see langword="null"/>: there is none to expect.</param>
    /// <exception cref="ArgumentOutOfRangeException">The key is too long.</exception>
    public KeyHash Hash(ReadOnlySpan<char> key, in KeyId id, PackedKeyMap? keys)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, KeyHash.LongestKey, nameof(key));
        keys?.ExpectSlot(id);
        var (owner, hmac) = _prepared ??= (this, IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _value));
        if (owner != this)
        {
            return KeyHash.Of(_value, key);
        }

        Span<byte> octets = stackalloc byte[key.Length * 3];
        var length = Encoding.UTF8.GetBytes(key, octets);
        var hash = default(KeyHash);
        hmac.AppendData(octets[..length]);

        // The slot is there by now, and tells where the record is.
        keys?.Expect(id);
        hmac.GetHashAndReset(hash);
        CryptographicOperations.ZeroMemory(octets[..length]);
        return hash;
    }

    /// <summary>Tells peppers apart without saying anything of them; never 0.</summary>
    public uint Version { get; }
}
