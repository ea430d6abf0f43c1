namespace ProxyCluster.Core.Tokens;

/// <summary>
/// OpenAI's tiles: scaled down into 2,048 × 2,048 and then to 768 on the shorter side, cut into squares of 512. With little
/// detail the base alone.
/// </summary>
/// <param name="perImage">The base.</param>
/// <param name="perTile">For each square.</param>
internal sealed class TiledImageTokens(int perImage, int perTile) : ImageTokens
{
    private const double LongestSide = 2048;
    private const double ShorterSide = 768;
    private const double Tile = 512;
    private const int MostTiles = 8;

    /// <inheritdoc/>
    public override int Of(ImageSize? size, bool isLow)
    {
        if (isLow)
        {
            return perImage;
        }

        if (size is not { } sides)
        {
            return perImage + (MostTiles * perTile);
        }

        var (longer, shorter) = ((double)Math.Max(sides.Width, sides.Height), (double)Math.Min(sides.Width, sides.Height));
        var scale = Math.Min(1, LongestSide / longer);
        scale *= Math.Min(1, ShorterSide / (shorter * scale));
        return perImage + (perTile * Across(longer * scale) * Across(shorter * scale));
    }

    // What scaling leaves of a pixel is none.
    private static int Across(double side) => Math.Max(1, (int)Math.Ceiling((side / Tile) - 1e-9));
}
