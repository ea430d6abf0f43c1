namespace ProxyCluster.Core.Tokens;

/// <summary>OpenAI's patches of 32 × 32, scaled down to a most of them, each counted a model's own times.</summary>
/// <param name="most">Patches at most.</param>
/// <param name="times">Tokens for each.</param>
internal sealed class PatchedImageTokens(int most, double times) : ImageTokens
{
    private const long Patch = 32;

    /// <inheritdoc/>
    public override int Of(ImageSize? size, bool isLow)
    {
        var patches = size is { } sides ? Math.Min(most, Across(sides.Width) * Across(sides.Height)) : most;
        return (int)Math.Ceiling(patches * times);
    }

    private static long Across(int side) => (side + Patch - 1) / Patch;
}
