using System.Buffers;
using System.Text;

namespace ProxyCluster.Core.Security;

/// <summary>
/// The form of our keys: <c>sk-pc-</c>, 12 public characters, <c>-</c>, 32 random bytes as 43 characters, and 6 characters
/// of CRC-32 over all before them, everything in base 62. The checksum finds typing errors and leaked keys offline; it
/// protects nothing.
/// </summary>
public static class ApiKeyFormat
{
    /// <summary>What each key begins with.</summary>
    public const string Prefix = "sk-pc-";

    /// <summary>Characters of the public part.</summary>
    public const int PublicIdLength = 12;

    /// <summary>Characters of a whole key.</summary>
    public const int Length = ChecksumStart + ChecksumLength;

    /// <summary>Random bytes that make a key: 16 for the public part, 32 for the secret.</summary>
    public const int RandomBytes = PublicRandomBytes + SecretBytes;

    /// <summary>Random bytes of the secret alone.</summary>
    public const int SecretBytes = 32;

    private const int PublicRandomBytes = 16;
    private const int SecretStart = 6 + PublicIdLength + 1;
    private const int ChecksumStart = SecretStart + 43;
    private const int ChecksumLength = 6;

    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Makes a key.</summary>
    /// <param name="random">Exactly <see cref="RandomBytes"/> bytes from a cryptographic generator, used for nothing else.</param>
    /// <exception cref="ArgumentException">The number of bytes is wrong.</exception>
    public static string Create(ReadOnlySpan<byte> random)
    {
        if (random.Length != RandomBytes)
        {
            throw new ArgumentException($"A key takes {RandomBytes} random bytes, not {random.Length}.", nameof(random));
        }

        Span<char> publicId = stackalloc char[PublicIdLength];
        Base62.Write(random[..PublicRandomBytes], publicId);
        return Create(publicId, random[PublicRandomBytes..]);
    }

    /// <summary>Makes another secret of a key.</summary>
    /// <param name="publicId">The key's public part.</param>
    /// <param name="random">Exactly <see cref="SecretBytes"/> bytes from a cryptographic generator, used for nothing else.</param>
    /// <exception cref="ArgumentException">The public part or the number of bytes is wrong.</exception>
    public static string Create(ReadOnlySpan<char> publicId, ReadOnlySpan<byte> random)
    {
        if (random.Length != SecretBytes || !IsPublicId(publicId))
        {
            throw new ArgumentException($"A secret takes {SecretBytes} random bytes, not {random.Length}, and the public part of a key.", nameof(random));
        }

        Span<char> key = stackalloc char[Length];
        Prefix.CopyTo(key);
        publicId.CopyTo(key[Prefix.Length..]);
        key[SecretStart - 1] = '-';
        Base62.Write(random, key[SecretStart..ChecksumStart]);
        Span<byte> octets = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(key[..ChecksumStart], octets);
        Base62.Write(Crc32.Of(octets[..ChecksumStart]), octets[ChecksumStart..]);
        return Encoding.ASCII.GetString(octets);
    }

    /// <summary>Whether this is a key of ours, by form and checksum. Says nothing about whether it is known.</summary>
    /// <param name="key">What a client sent.</param>
    public static bool IsWellFormed(ReadOnlySpan<byte> key)
    {
        if (!TryReadPublicId(key, out _) || key[(SecretStart)..].ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        Span<byte> checksum = stackalloc byte[ChecksumLength];
        Base62.Write(Crc32.Of(key[..ChecksumStart]), checksum);
        return key[ChecksumStart..].SequenceEqual(checksum);
    }

    /// <summary>Whether this is a key of ours, by form and checksum. Says nothing about whether it is known.</summary>
    /// <param name="key">What a client sent.</param>
    public static bool IsWellFormed(ReadOnlySpan<char> key)
    {
        Span<byte> octets = stackalloc byte[Length];
        return TryNarrow(key, octets) && IsWellFormed(octets);
    }

    /// <summary>Reads the public part, without looking at the secret and the checksum.</summary>
    /// <param name="key">What a client sent.</param>
    /// <param name="publicId">The 12 characters after the prefix.</param>
    /// <returns><see langword="false"/> when length, prefix or public part are not a key's.</returns>
    public static bool TryReadPublicId(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> publicId)
    {
        publicId = default;
        if (key.Length != Length || !key.StartsWith("sk-pc-"u8) || key[SecretStart - 1] != (byte)'-')
        {
            return false;
        }

        publicId = key.Slice(Prefix.Length, PublicIdLength);
        return !publicId.ContainsAnyExcept(Alphabet);
    }

    /// <summary>Reads the public part, without looking at the secret and the checksum.</summary>
    /// <param name="key">What a client sent.</param>
    /// <param name="publicId">The 12 characters after the prefix.</param>
    /// <returns><see langword="false"/> when length, prefix or public part are not a key's.</returns>
    public static bool TryReadPublicId(ReadOnlySpan<char> key, out ReadOnlySpan<char> publicId)
    {
        publicId = default;
        Span<byte> octets = stackalloc byte[Length];
        if (!TryNarrow(key, octets) || !TryReadPublicId(octets, out _))
        {
            return false;
        }

        publicId = key.Slice(Prefix.Length, PublicIdLength);
        return true;
    }

    /// <summary>Whether this has the form of a key's public part.</summary>
    /// <param name="text">What a client sent.</param>
    public static bool IsPublicId(ReadOnlySpan<char> text)
    {
        Span<byte> octets = stackalloc byte[PublicIdLength];
        return text.Length == PublicIdLength && Ascii.FromUtf16(text, octets, out _) == OperationStatus.Done
            && !((ReadOnlySpan<byte>)octets).ContainsAnyExcept(Alphabet);
    }

    private static bool TryNarrow(ReadOnlySpan<char> key, Span<byte> octets) =>
        key.Length == Length && Ascii.FromUtf16(key, octets, out _) == OperationStatus.Done;
}
