namespace ProxyCluster.Core.Routing;

/// <summary>Makes of one number others that look as if they had nothing to do with it.</summary>
internal static class Dice
{
    /// <summary>Mixes all bits: the finaliser of SplitMix64 (Steele, Lea and Flood 2014).</summary>
    public static ulong Mix(ulong bits)
    {
        bits += 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    /// <summary>Uniform in [0, 1), the same for the same bits.</summary>
    public static double Unit(ulong bits) => (Mix(bits) >> 11) * (1.0 / (1UL << 53));
}
