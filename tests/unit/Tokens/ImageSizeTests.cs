using System.Text;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Tokens;

public sealed class ImageSizeTests
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 3, 0x20, 0, 0, 2, 0x58];
    private static readonly byte[] Gif = [.. "GIF89a"u8, 0x20, 3, 0x58, 2];
    private static readonly byte[] WebPExtended = [.. WebP("VP8X"), 0, 0, 0, 0, 0x1F, 3, 0, 0x57, 2, 0];
    private static readonly byte[] WebPLossless = [.. WebP("VP8L"), 0x2F, 0x1F, 0xC3, 0x95, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] WebPLossy = [.. WebP("VP8 "), 0, 0, 0, 0x9D, 1, 0x2A, 0x20, 3, 0x58, 2];

    // A preview of 60,000 bytes, a fill byte, and then the frame.
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE1, 0xEA, 0x60, .. new byte[60_000 - 2], 0xFF, 0xFF, 0xC2, 0, 17, 8, 2, 0x58, 3, 0x20, 3];

    public static TheoryData<byte[]> Kinds => [Png, Gif, WebPExtended, WebPLossless, WebPLossy, Jpeg];

    [Theory, MemberData(nameof(Kinds))]
    public void Header_OfEveryKind_TellsTheSize(byte[] image) => Assert.Equal(new ImageSize(800, 600), ImageSize.Read(image));

    [Theory, MemberData(nameof(Kinds))]
    public void Header_CutAnywhere_IsReadOrNot_AndNeverFails(byte[] image)
    {
        for (var length = 0; length < image.Length; length += length < 64 || length > image.Length - 64 ? 1 : 997)
        {
            Assert.True(ImageSize.Read(image.AsSpan(0, length)) is null or { Width: 800, Height: 600 }, $"{length} bytes tell another size.");
        }
    }

    [Fact]
    public void Header_OfBytesByChance_NeverFails()
    {
        var random = new Random(7);
        foreach (var kind in Kinds.Select(static row => row.Data))
        {
            for (var i = 0; i < 2000; i++)
            {
                var image = kind.AsSpan(0, Math.Min(kind.Length, 200)).ToArray();
                image[random.Next(image.Length)] = (byte)random.Next(256);
                image[random.Next(image.Length)] = (byte)random.Next(256);
                Assert.True(ImageSize.Read(image) is null or { Width: > 0, Height: > 0 });
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("<svg width='800' height='600'/>")]
    [InlineData("%PDF-1.7")]
    public void WhatIsNoSuchImage_TellsNothing(string text) => Assert.Null(ImageSize.Read(Encoding.UTF8.GetBytes(text)));

    private static byte[] WebP(string chunk) => [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. Encoding.ASCII.GetBytes(chunk), 0, 0, 0, 0];
}
