using ProxyCluster.Core.Tokens;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>The beginning of an image, whole or not: a size that an image can have, or none, and never more tokens than there are for one of an unknown size.</summary>
internal sealed class ImageSizeTarget : FuzzTarget
{
    private static readonly ImageTokens Tiles = ImageTokens.For("gpt-4o");

    /// <inheritdoc/>
    public override string Name => "image-size";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["GIF89a", "RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "IHDR", "PNG\r\n", "\u0001", "\0\0"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["core/Tokens/ImageSize.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("core/Tokens/ImageSize.cs", "if (image.Length >= 30") { CountsAs = true };

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        if (ImageSize.Read(input) is not { } size)
        {
            return 0;
        }

        return size is { Width: > 0, Height: > 0 } && Tiles.Of(size, isLow: false) <= Tiles.Of(null, isLow: false)
            ? HashCode.Combine(Math.ILogB(size.Width), Math.ILogB(size.Height))
            : throw new InvalidDataException("An image has no size, or more tokens than any can have.");
    }
}
