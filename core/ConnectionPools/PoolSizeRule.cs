using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.ConnectionPools;

/// <summary>How many connections to a host are kept ready, from how it was used in the last window (SPEC section 6).</summary>
/// <remarks>
/// Rate × 10 within 5 to 50; halved over 10 % errors, since most would be opened in vain; × 1.5 and at most 100 where a
/// response takes over 5 s on average, since each connection is then held longer. Rounded up; never below the least. The
/// size says what is ready and caps nothing: <see cref="ConnectionLimit"/> does.
/// </remarks>
public static class PoolSizeRule
{
    /// <summary>The size for the next window.</summary>
    /// <param name="use">The window that has ended.</param>
    /// <param name="options">The rule's numbers.</param>
    public static int SizeFor(in PoolUse use, PoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var size = Math.Clamp(use.RequestsPerSecond * options.ConnectionsPerRequestRate, options.MinSize, options.MaxSize);
        if (use.ErrorShare > options.HalveAboveErrorShare)
        {
            size /= 2;
        }

        if (use.MeanResponseSeconds > options.GrowAboveResponseSeconds)
        {
            size = Math.Min(size * 1.5, options.MaxSlowSize);
        }

        // The product of decimal settings can lie a hair above the whole number that it stands for.
        return Math.Max(options.MinSize, (int)Math.Ceiling(size - 1e-9));
    }
}
