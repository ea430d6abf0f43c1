using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Finds the size of an image that stands in a message as base64, from as much of its beginning as that takes.</summary>
internal static class ImageHeader
{
    private const int ShortBytes = 48;
    private const int MostMediaType = 128;

    /// <summary>The size of an image.</summary>
    /// <param name="text">A JSON string: base64, or a <c>data:</c> URL of it.</param>
    /// <returns><see langword="null"/>: it stands elsewhere, or its header does not tell.</returns>
    public static ImageSize? SizeOf(JsonElement text) =>
        text.ValueKind == JsonValueKind.String ? SizeOf(JsonMarshal.GetRawUtf8Value(text)[1..^1]) : null;

    /// <summary>The size of an image.</summary>
    /// <param name="base64">Its base64.</param>
    public static ImageSize? SizeOf(ReadOnlySpan<char> base64)
    {
        var length = Math.Min(base64.Length, Base64.GetMaxEncodedToUtf8Length(ImageSize.MostHeaderBytes));
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Encoding.Latin1.GetBytes(base64[..length], bytes);
            return SizeOf(bytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static ImageSize? SizeOf(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("data:"u8))
        {
            text = text[(text[..Math.Min(text.Length, MostMediaType)].IndexOf((byte)',') + 1)..];
        }

        Span<byte> first = stackalloc byte[ShortBytes];
        first = first[..Decode(text, first)];
        if (first is not [0xFF, 0xD8, ..])
        {
            return ImageSize.Read(first);
        }

        // A photo's size may stand behind its preview.
        var header = ArrayPool<byte>.Shared.Rent(ImageSize.MostHeaderBytes);
        try
        {
            return ImageSize.Read(header.AsSpan(0, Decode(text, header.AsSpan(0, ImageSize.MostHeaderBytes))));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(header);
        }
    }

    // As far as it is base64: what a client has escaped ends it.
    private static int Decode(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var most = output.Length / 3 * 4;
        Base64.DecodeFromUtf8(text[..Math.Min(text.Length, most)], output, out _, out var written, isFinalBlock: false);
        return written;
    }
}
