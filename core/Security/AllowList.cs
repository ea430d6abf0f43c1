using System.Collections.Immutable;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Lists of patterns that say which models and regions may be used. <c>*</c> stands for any text, everything else for
/// itself: neither case nor blanks nor look-alikes are made equal, so that what is authorised is what is asked for.
/// A list that is empty allows everything.
/// </summary>
public static class AllowList
{
    private const string Everything = "*";

    /// <summary>Whether a list allows a name.</summary>
    /// <param name="patterns">The list.</param>
    /// <param name="name">As the client wrote it.</param>
    public static bool Allows(ImmutableArray<string> patterns, ReadOnlySpan<char> name)
    {
        if (patterns.IsDefaultOrEmpty)
        {
            return true;
        }

        foreach (var pattern in patterns)
        {
            if (Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a list of models allows a candidate: by the model's name, by provider and name, or by the alias that was
    /// asked for, if that is written out. A pattern speaks of models alone: an alias may stand for what its name does not
    /// say.
    /// </summary>
    /// <param name="patterns">The list.</param>
    /// <param name="candidate">Provider and model.</param>
    /// <param name="alias">The alias that was asked for; <see langword="null"/>: a model was.</param>
    public static bool Allows(ImmutableArray<string> patterns, Candidate candidate, AliasDefinition? alias)
    {
        if (patterns.IsDefaultOrEmpty)
        {
            return true;
        }

        foreach (var pattern in patterns)
        {
            if (pattern == Everything || (alias is not null && alias.Name == pattern)
                || Matches(pattern, candidate.Model) || Matches(pattern, candidate.QualifiedModel))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (pattern.IsEmpty)
        {
            return false;
        }

        var (p, n, star, restart) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                restart = n;
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++restart;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }
}
