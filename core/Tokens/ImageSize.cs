using System.Buffers.Binary;

namespace ProxyCluster.Core.Tokens;

/// <summary>The size of an image as its first bytes tell it. Nothing of the picture itself is read.</summary>
/// <param name="Width">In pixels, at least 1.</param>
/// <param name="Height">In pixels, at least 1.</param>
public readonly record struct ImageSize(int Width, int Height)
{
    /// <summary>Bytes from the beginning that are worth looking at: of a photo with more of its own (previews, profiles) before its size, that is not found.</summary>
    public const int MostHeaderBytes = 256 * 1024;

    // No provider takes larger ones: what says so is no image.
    private const long MostPixelsOfASide = 1 << 20;

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the header of a PNG, JPEG, GIF or WebP.</summary>
    /// <param name="image">The image, or as much of its beginning as there is.</param>
    /// <returns>Its size; <see langword="null"/>: it is none of these, or does not tell in these bytes.</returns>
    public static ImageSize? Read(ReadOnlySpan<byte> image)
    {
        var (width, height) = SidesOf(image);
        return width is > 0 and <= MostPixelsOfASide && height is > 0 and <= MostPixelsOfASide ? new ImageSize((int)width, (int)height) : null;
    }

    private static (long Width, long Height) SidesOf(ReadOnlySpan<byte> image)
    {
        if (image.Length >= 24 && image.StartsWith(Png))
        {
            return (BinaryPrimitives.ReadUInt32BigEndian(image[16..]), BinaryPrimitives.ReadUInt32BigEndian(image[20..]));
        }

        if (image.Length >= 10 && image.StartsWith("GIF8"u8))
        {
            return (BinaryPrimitives.ReadUInt16LittleEndian(image[6..]), BinaryPrimitives.ReadUInt16LittleEndian(image[8..]));
        }

        if (image.Length >= 30 && image.StartsWith("RIFF"u8) && image[8..12].SequenceEqual("WEBP"u8))
        {
            return OfWebP(image[12..]);
        }

        return image is [0xFF, 0xD8, ..] ? OfJpeg(image) : default;
    }

    // RFC 9649: of each kind of first chunk, the size stands elsewhere.
    private static (long Width, long Height) OfWebP(ReadOnlySpan<byte> chunk)
    {
        if (chunk.StartsWith("VP8X"u8))
        {
            return (1 + UInt24(chunk[12..]), 1 + UInt24(chunk[15..]));
        }

        if (chunk.StartsWith("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk[9..]);
            return (1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF));
        }

        return chunk.StartsWith("VP8 "u8)
            ? (BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) & 0x3FFF)
            : default;
    }

    // From segment to segment, until the frame's own, which tells: ITU T.81, annex B.
    private static (long Width, long Height) OfJpeg(ReadOnlySpan<byte> image)
    {
        for (var at = 2; at + 9 <= image.Length;)
        {
            var marker = image[at + 1];
            if (image[at] != 0xFF)
            {
                return default;
            }

            if (marker is 0xFF)
            {
                at++;
                continue;
            }

            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(image[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(image[(at + 5)..]));
            }

            at += 2 + (IsBare(marker) ? 0 : Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(image[(at + 2)..])));
        }

        return default;
    }

    private static bool IsBare(byte marker) => marker is 0x01 or (>= 0xD0 and <= 0xD8);

    private static long UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
