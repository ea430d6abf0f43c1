using System.Security.Cryptography;

namespace ProxyCluster.Core.Secrets;

/// <summary>
/// A key that encrypts other keys (KEK), and what is derived from it. The material itself is not kept. Prints as its id.
/// </summary>
public sealed class KeyEncryptionKey
{
    /// <summary>The least that the material holds, in bytes.</summary>
    public const int LeastBytes = 32;

    /// <summary>Bytes of each derived key: AES-256.</summary>
    public const int Size = 32;

    private const int IdBytes = 8;

    private readonly byte[] _wrapping;
    private readonly byte[] _disk;

    /// <param name="material">At least <see cref="LeastBytes"/> bytes of which an attacker can guess none.</param>
    /// <exception cref="ArgumentException">It is too short.</exception>
    public KeyEncryptionKey(ReadOnlySpan<byte> material)
    {
        if (material.Length < LeastBytes)
        {
            throw new ArgumentException($"It takes at least {LeastBytes} bytes, not {material.Length}.", nameof(material));
        }

        // Keys of one purpose each (HKDF, RFC 5869), so that what is learnt of one says nothing of another.
        _wrapping = Derive(material, "proxycluster.wrap.1"u8, Size);
        _disk = Derive(material, "proxycluster.disk.1"u8, Size);
        Id = Convert.ToHexStringLower(Derive(material, "proxycluster.id.1"u8, IdBytes));
    }

    /// <summary>Tells keys apart and gives nothing away: 16 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Wraps data keys.</summary>
    internal ReadOnlySpan<byte> Wrapping => _wrapping;

    /// <summary>Seals files.</summary>
    internal ReadOnlySpan<byte> Disk => _disk;

    /// <inheritdoc/>
    public override string ToString() => $"KEK {Id}";

    private static byte[] Derive(ReadOnlySpan<byte> material, ReadOnlySpan<byte> purpose, int size)
    {
        var key = new byte[size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, material, key, salt: [], purpose);
        return key;
    }
}
