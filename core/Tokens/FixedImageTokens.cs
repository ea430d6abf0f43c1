namespace ProxyCluster.Core.Tokens;

/// <summary>As many for any image.</summary>
/// <param name="tokens">How many.</param>
internal sealed class FixedImageTokens(int tokens) : ImageTokens
{
    /// <inheritdoc/>
    public override int Of(ImageSize? size, bool isLow) => tokens;
}
