using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.Core.Secrets;

/// <summary>
/// What a gateway keeps on its disk, encrypted and authenticated with AES-256-GCM under a key derived from a KEK. A file
/// that is torn, changed, of another purpose or another cluster does not open.
/// </summary>
/// <remarks>Format: <c>PCSEAL01</c>, nonce (12), tag (16), the encrypted content. Associated: the magic, and what the file is.</remarks>
public static class FileSeal
{
    /// <summary>Random bytes that a seal takes.</summary>
    public const int NonceSize = 12;

    private const int MagicSize = 8;
    private const int TagSize = 16;
    private const int HeaderSize = MagicSize + NonceSize + TagSize;

    private static ReadOnlySpan<byte> Magic => "PCSEAL01"u8;

    /// <summary>Seals a content.</summary>
    /// <param name="content">What the file holds.</param>
    /// <param name="purpose">What the file is, and whose: the same when it is opened.</param>
    /// <param name="key">Seals it.</param>
    /// <param name="nonce">Exactly <see cref="NonceSize"/> bytes from a cryptographic generator, used for nothing else.</param>
    public static byte[] Seal(ReadOnlySpan<byte> content, string purpose, KeyEncryptionKey key, ReadOnlySpan<byte> nonce)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceSize, nameof(nonce));
        var file = new byte[HeaderSize + content.Length];
        Magic.CopyTo(file);
        nonce.CopyTo(file.AsSpan(MagicSize));
        using var cipher = new AesGcm(key.Disk, TagSize);
        cipher.Encrypt(nonce, content, file.AsSpan(HeaderSize), file.AsSpan(MagicSize + NonceSize, TagSize), Associated(purpose));
        return file;
    }

    /// <summary>Opens a file.</summary>
    /// <param name="file">All of it.</param>
    /// <param name="purpose">What it is to be.</param>
    /// <param name="ring">Whose keys it may be sealed with.</param>
    /// <returns>The content; <see langword="null"/>: it is not such a file, not whole, or not sealed with these keys.</returns>
    public static byte[]? TryOpen(ReadOnlySpan<byte> file, string purpose, KeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        if (file.Length < HeaderSize || !file.StartsWith(Magic))
        {
            return null;
        }

        var associated = Associated(purpose);
        return TryOpen(file, associated, ring.Current)
            ?? (ring.Previous is { } previous ? TryOpen(file, associated, previous) : null);
    }

    private static byte[]? TryOpen(ReadOnlySpan<byte> file, ReadOnlySpan<byte> associated, KeyEncryptionKey key)
    {
        using var cipher = new AesGcm(key.Disk, TagSize);
        var content = new byte[file.Length - HeaderSize];
        try
        {
            cipher.Decrypt(file.Slice(MagicSize, NonceSize), file[HeaderSize..], file.Slice(MagicSize + NonceSize, TagSize), content, associated);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Associated(string purpose) => [.. Magic, .. Encoding.UTF8.GetBytes(purpose)];
}
