namespace ProxyCluster.Core.Tokens;

/// <summary>Anthropic's area: width × height / 750, of an image that is scaled down first.</summary>
/// <param name="longestSide">To which, in pixels.</param>
/// <param name="most">Tokens at most.</param>
internal sealed class AreaImageTokens(int longestSide, int most) : ImageTokens
{
    private const double PixelsPerToken = 750;

    /// <inheritdoc/>
    public override int Of(ImageSize? size, bool isLow)
    {
        if (size is not { } sides)
        {
            return most;
        }

        var scale = Math.Min(1.0, longestSide / (double)Math.Max(sides.Width, sides.Height));
        return (int)Math.Min(most, Math.Ceiling(sides.Width * scale * sides.Height * scale / PixelsPerToken));
    }
}
