using System.Collections.Immutable;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Whether patterns with <c>*</c> allow no more than others do. Errs on the safe side: where it cannot tell it says no.
/// An empty list allows everything, as allow-lists of keys do.
/// </summary>
public static class PatternCover
{
    /// <summary>A list that allows nothing: no model and no region has an empty name.</summary>
    public static readonly ImmutableArray<string> Nothing = [""];

    /// <summary>Whether all that <paramref name="narrow"/> allows is allowed by <paramref name="wide"/> too.</summary>
    /// <param name="wide">Patterns; default or empty: everything.</param>
    /// <param name="narrow">Patterns; default or empty: everything.</param>
    public static bool Covers(ImmutableArray<string> wide, ImmutableArray<string> narrow) =>
        wide.IsDefaultOrEmpty || (!narrow.IsDefaultOrEmpty && narrow.All(pattern => CoversOne(wide, pattern)));

    /// <summary>What both allow, at most.</summary>
    /// <param name="one">Patterns; default or empty: everything.</param>
    /// <param name="other">Patterns; default or empty: everything.</param>
    /// <returns>Patterns; <see cref="Nothing"/> where the two have nothing in common.</returns>
    public static ImmutableArray<string> Intersect(ImmutableArray<string> one, ImmutableArray<string> other)
    {
        if (one.IsDefaultOrEmpty || other.IsDefaultOrEmpty)
        {
            return one.IsDefaultOrEmpty ? (other.IsDefault ? [] : other) : one;
        }

        var common = one.Where(pattern => CoversOne(other, pattern))
            .Concat(other.Where(pattern => CoversOne(one, pattern)))
            .Distinct(StringComparer.Ordinal)
            .ToImmutableArray();
        return common.IsEmpty ? Nothing : common;
    }

    private static bool CoversOne(ImmutableArray<string> wide, string narrow) =>
        narrow.Length == 0 || wide.Any(pattern => Covers(pattern, narrow));

    // A match of patterns as texts: a star of the wide one stands for any text, a star of the narrow one included, which
    // nothing else stands for.
    private static bool Covers(ReadOnlySpan<char> wide, ReadOnlySpan<char> narrow)
    {
        var (w, n, star, restart) = (0, 0, -1, 0);
        while (n < narrow.Length)
        {
            if (w < wide.Length && wide[w] == '*')
            {
                star = w++;
                restart = n;
            }
            else if (w < wide.Length && wide[w] == narrow[n])
            {
                w++;
                n++;
            }
            else if (star >= 0)
            {
                w = star + 1;
                n = ++restart;
            }
            else
            {
                return false;
            }
        }

        return wide[w..].Trim('*').IsEmpty;
    }
}
