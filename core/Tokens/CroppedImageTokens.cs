namespace ProxyCluster.Core.Tokens;

/// <summary>Google's crops: 258 for a small image, and for each crop of a larger one, whose side is two thirds of the shorter one, 256 to 768.</summary>
internal sealed class CroppedImageTokens : ImageTokens
{
    private const int PerCrop = 258;
    private const int SmallSide = 384;

    // Six crops: what a photo of the usual 3 to 2 has.
    private const int LikelyCrops = 6;

    /// <inheritdoc/>
    public override int Of(ImageSize? size, bool isLow)
    {
        if (size is not { } sides)
        {
            return PerCrop * LikelyCrops;
        }

        if (sides is { Width: <= SmallSide, Height: <= SmallSide })
        {
            return PerCrop;
        }

        var unit = Math.Clamp(Math.Floor(Math.Min(sides.Width, sides.Height) / 1.5), 256, 768);
        return (int)Math.Min(int.MaxValue, PerCrop * Math.Ceiling(sides.Width / unit) * Math.Ceiling(sides.Height / unit));
    }
}
