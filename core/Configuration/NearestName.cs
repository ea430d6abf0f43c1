namespace ProxyCluster.Core.Configuration;

/// <summary>Finds what was meant by a name that does not exist.</summary>
public static class NearestName
{
    /// <summary>The candidate with the fewest letters to change, if it is near enough to be meant.</summary>
    /// <param name="name">The name that does not exist.</param>
    /// <param name="candidates">Those that do.</param>
    /// <returns><see langword="null"/>: none is near.</returns>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);

        // More than a third of the letters wrong is another word.
        var best = Math.Max(2, name.Length / 3) + 1;
        string? nearest = null;
        foreach (var candidate in candidates)
        {
            var distance = Distance(name, candidate);
            if (distance < best)
            {
                best = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    // Levenshtein's distance, by one row; letters are compared without case.
    private static int Distance(string from, string to)
    {
        // A name from a stranger may be long: beyond this no candidate is near.
        const int Longest = 128;
        if (from.Length > Longest || to.Length > Longest)
        {
            return int.MaxValue;
        }

        Span<int> row = stackalloc int[to.Length + 1];
        for (var j = 0; j <= to.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
