namespace ProxyCluster.Core.Batching;

/// <summary>Splits what was billed for a joined call among those in it.</summary>
public static class Shares
{
    /// <summary>
    /// Whole shares in proportion to weights, which add up to the whole: each gets its quotient rounded down, and what is
    /// left goes one by one to the largest remainders (the method of largest remainders), on a tie to the earlier.
    /// </summary>
    /// <param name="total">What is split; at least 0.</param>
    /// <param name="weights">Each at least 0; where all are 0 they count as equal.</param>
    /// <param name="shares">Takes the shares; as long as <paramref name="weights"/>.</param>
    public static void Split(long total, ReadOnlySpan<long> weights, Span<long> shares)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        ArgumentOutOfRangeException.ThrowIfNotEqual(shares.Length, weights.Length);
        var sum = Int128.Zero;
        foreach (var weight in weights)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(weights));
            sum += weight;
        }

        var isEqual = sum == 0;
        sum = isEqual ? weights.Length : sum;
        var remainders = new (Int128 Remainder, int Index)[weights.Length];
        var left = total;
        for (var i = 0; i < weights.Length; i++)
        {
            var (quotient, remainder) = Int128.DivRem((Int128)total * (isEqual ? 1 : weights[i]), sum);
            shares[i] = (long)quotient;
            left -= shares[i];
            remainders[i] = (remainder, i);
        }

        Array.Sort(remainders, static (one, other) =>
            one.Remainder == other.Remainder ? one.Index.CompareTo(other.Index) : other.Remainder.CompareTo(one.Remainder));
        for (var i = 0; i < left; i++)
        {
            shares[remainders[i].Index]++;
        }
    }
}
