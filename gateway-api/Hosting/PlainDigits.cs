using System.Text;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Reads digits as they are and every other byte as a letter. Given to Kestrel for <c>Content-Length</c>, which takes
/// <c>+62</c> for 62 by itself: RFC 9110, 8.6 knows digits only, and who reads it another way sees another request.
/// </summary>
internal sealed class PlainDigits : Encoding
{
    private const char NoDigit = 'x';

    /// <summary>The one there is.</summary>
    public static readonly PlainDigits Instance = new();

    private PlainDigits()
    {
    }

    /// <inheritdoc/>
    public override int GetByteCount(char[] chars, int index, int count) => count;

    /// <inheritdoc/>
    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    /// <inheritdoc/>
    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    /// <inheritdoc/>
    public override int GetCharCount(ReadOnlySpan<byte> bytes) => bytes.Length;

    /// <inheritdoc/>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    /// <summary>Writes as many as there is room for: of a longer number the beginning shows already that it is too long.</summary>
    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var count = Math.Min(bytes.Length, chars.Length);
        for (var i = 0; i < count; i++)
        {
            chars[i] = char.IsAsciiDigit((char)bytes[i]) ? (char)bytes[i] : NoDigit;
        }

        return count;
    }

    /// <inheritdoc/>
    public override int GetMaxByteCount(int charCount) => charCount;

    /// <inheritdoc/>
    public override int GetMaxCharCount(int byteCount) => byteCount;
}
