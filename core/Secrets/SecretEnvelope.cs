using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.Core.Secrets;

/// <summary>
/// A secret as it is stored and sent: encrypted with AES-256-GCM under a key of its own, which is wrapped by a KEK. Both
/// are bound to what the secret belongs to (RELIABILITY 7.3).
/// </summary>
/// <remarks>
/// Text: <c>sealed:1:</c>, the KEK's id, <c>:</c>, the hint, <c>:</c>, base64url of nonce (12), tag (16) and the wrapped
/// data key (32), then nonce (12), tag (16) and the encrypted secret. The hint is part of what is authenticated.
/// </remarks>
public static class SecretEnvelope
{
    /// <summary>What each envelope begins with.</summary>
    public const string Scheme = "sealed:";

    /// <summary>Random bytes that an envelope takes: a data key and two nonces.</summary>
    public const int RandomBytes = KeyEncryptionKey.Size + (2 * NonceSize);

    /// <summary>The longest secret, in bytes.</summary>
    public const int LongestSecret = 8 * 1024;

    private const string Begin = Scheme + "1:";
    private const string Tampered = "The stored secret does not belong here, or was changed: store it anew.";
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int WrappedSize = NonceSize + TagSize + KeyEncryptionKey.Size;
    private const int LeastPayload = WrappedSize + NonceSize + TagSize;
    private const int IdLength = 16;
    private const int HintLength = 4;

    // A secret that is not much longer than its hint would be given away by it.
    private const int LeastHinted = 16;

    /// <summary>Whether a text is an envelope, or means to be one.</summary>
    /// <param name="text">A reference, an envelope or anything else.</param>
    public static bool IsEnvelope(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>How an envelope is shown to people: <c>***</c> and the secret's last four characters, where it is long enough for them.</summary>
    /// <param name="envelope">The envelope.</param>
    public static string Shown(string envelope) => TrySplit(envelope, out var parts) ? $"***{parts.Hint}" : "***";

    /// <summary>Seals a secret.</summary>
    /// <param name="secret">At most <see cref="LongestSecret"/> bytes of UTF-8.</param>
    /// <param name="binding">What it belongs to.</param>
    /// <param name="kek">Wraps the data key.</param>
    /// <param name="random">Exactly <see cref="RandomBytes"/> bytes from a cryptographic generator, used for nothing else.</param>
    /// <exception cref="ArgumentException">The secret is too long, or the number of random bytes is wrong.</exception>
    public static string Seal(string secret, SecretBinding binding, KeyEncryptionKey kek, ReadOnlySpan<byte> random)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(binding);
        ArgumentNullException.ThrowIfNull(kek);
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomBytes, nameof(random));
        var clear = Encoding.UTF8.GetBytes(secret);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clear.Length, LongestSecret, nameof(secret));

        var hint = HintOf(secret);
        var payload = new byte[LeastPayload + clear.Length];
        var dataKey = random[..KeyEncryptionKey.Size];
        var nonces = random[KeyEncryptionKey.Size..];
        var associated = binding.ToBytes();
        Encrypt(kek.Wrapping, nonces[..NonceSize], dataKey, associated, payload.AsSpan(0, WrappedSize));
        Encrypt(dataKey, nonces[NonceSize..], clear, [.. associated, .. Encoding.UTF8.GetBytes(hint)], payload.AsSpan(WrappedSize));
        CryptographicOperations.ZeroMemory(clear);
        return $"{Begin}{kek.Id}:{hint}:{Base64Url.EncodeToString(payload)}";
    }

    /// <summary>Opens an envelope.</summary>
    /// <param name="envelope">What was stored.</param>
    /// <param name="binding">What it is to belong to.</param>
    /// <param name="ring">The KEKs in force.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="fault">Why it stays shut, without anything of the secret.</param>
    public static bool TryOpen(string envelope, SecretBinding binding, KeyRing ring, out string secret, out string fault)
    {
        ArgumentNullException.ThrowIfNull(binding);
        secret = "";
        if (!TryUnwrap(envelope, binding, ring, out var parts, out var dataKey, out fault))
        {
            return false;
        }

        var body = parts.Payload.AsSpan(WrappedSize);
        var clear = new byte[body.Length - NonceSize - TagSize];
        var isOpen = TryDecrypt(dataKey, body, [.. binding.ToBytes(), .. Encoding.UTF8.GetBytes(parts.Hint)], clear);
        CryptographicOperations.ZeroMemory(dataKey);
        if (isOpen)
        {
            secret = Encoding.UTF8.GetString(clear);
            CryptographicOperations.ZeroMemory(clear);
            return true;
        }

        fault = Tampered;
        return false;
    }

    /// <summary>Wraps the data key of an envelope under the current KEK. The secret itself stays encrypted.</summary>
    /// <param name="envelope">What was stored.</param>
    /// <param name="binding">What it belongs to.</param>
    /// <param name="ring">The KEKs in force.</param>
    /// <param name="nonce">Exactly 12 bytes from a cryptographic generator, used for nothing else.</param>
    /// <returns>The new envelope; <see langword="null"/>: it is under the current KEK already, or cannot be unwrapped.</returns>
    public static string? Rewrap(string envelope, SecretBinding binding, KeyRing ring, ReadOnlySpan<byte> nonce)
    {
        ArgumentNullException.ThrowIfNull(binding);
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceSize, nameof(nonce));
        if (!TrySplit(envelope, out var outer) || outer.KekId == ring.Current.Id
            || !TryUnwrap(envelope, binding, ring, out var parts, out var dataKey, out _))
        {
            return null;
        }

        Encrypt(ring.Current.Wrapping, nonce, dataKey, binding.ToBytes(), parts.Payload.AsSpan(0, WrappedSize));
        CryptographicOperations.ZeroMemory(dataKey);
        return $"{Begin}{ring.Current.Id}:{parts.Hint}:{Base64Url.EncodeToString(parts.Payload)}";
    }

    private static bool TryUnwrap(string envelope, SecretBinding binding, KeyRing ring, out Parts parts, out byte[] dataKey, out string fault)
    {
        ArgumentNullException.ThrowIfNull(ring);
        dataKey = [];
        fault = "";
        if (!TrySplit(envelope, out parts))
        {
            fault = "The stored secret is no envelope, or one of a newer release.";
            return false;
        }

        if (ring.Find(parts.KekId) is not { } kek)
        {
            fault = $"The stored secret is sealed under the KEK {parts.KekId}, which is not in force here: set it as Secrets:Kek or Secrets:PreviousKek, or store the secret anew.";
            return false;
        }

        dataKey = new byte[KeyEncryptionKey.Size];
        if (TryDecrypt(kek.Wrapping, parts.Payload.AsSpan(0, WrappedSize), binding.ToBytes(), dataKey))
        {
            return true;
        }

        fault = Tampered;
        return false;
    }

    private static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> associated, Span<byte> output)
    {
        using var cipher = new AesGcm(key, TagSize);
        nonce.CopyTo(output);
        cipher.Encrypt(nonce, clear, output[(NonceSize + TagSize)..], output.Slice(NonceSize, TagSize), associated);
    }

    private static bool TryDecrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, ReadOnlySpan<byte> associated, Span<byte> clear)
    {
        using var cipher = new AesGcm(key, TagSize);
        try
        {
            cipher.Decrypt(input[..NonceSize], input[(NonceSize + TagSize)..], input.Slice(NonceSize, TagSize), clear, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static string HintOf(string secret)
    {
        var end = secret.Length >= LeastHinted ? secret[^HintLength..] : "";
        return end.All(char.IsAsciiLetterOrDigit) ? end : "";
    }

    private static bool TrySplit(string envelope, out Parts parts)
    {
        parts = default;
        if (!envelope.StartsWith(Begin, StringComparison.Ordinal))
        {
            return false;
        }

        var fields = envelope[Begin.Length..].Split(':');
        if (fields is not [{ Length: IdLength } kek, { Length: 0 or HintLength } hint, { Length: > 0 } encoded] || !hint.All(char.IsAsciiLetterOrDigit))
        {
            return false;
        }

        var payload = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        if (!Base64Url.IsValid(encoded, out var length) || length is < LeastPayload or > LeastPayload + LongestSecret
            || !Base64Url.TryDecodeFromChars(encoded, payload, out length))
        {
            return false;
        }

        parts = new(kek, hint, payload[..length]);
        return true;
    }

    private readonly record struct Parts(string KekId, string Hint, byte[] Payload);
}
