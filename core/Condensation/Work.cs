namespace ProxyCluster.Core.Condensation;

/// <summary>Tells conversations in which code and tools make much of what is said from talk.</summary>
internal static class Work
{
    private const double LeastShare = 0.25;
    private const int IdentifiersOfCode = 2;

    /// <summary>Whether a conversation is work.</summary>
    /// <param name="draft">The conversation.</param>
    /// <param name="texts">The text of each unit.</param>
    /// <param name="signs">What was seen in each.</param>
    public static bool Is(Draft draft, ReadOnlySpan<string> texts, ReadOnlySpan<Salience.Signs> signs)
    {
        var (work, all) = (0, 0);
        for (var unit = 0; unit < texts.Length; unit++)
        {
            var first = draft.Messages[draft.Units[unit].First];
            if (first.Role == MessageRole.System)
            {
                continue;
            }

            var hasTools = draft.Units[unit].Count > 1 || !first.Calls.IsEmpty;
            all++;
            work += hasTools || signs[unit].Identifiers >= IdentifiersOfCode || texts[unit].Contains("```", StringComparison.Ordinal) ? 1 : 0;
        }

        return all > 0 && work >= LeastShare * all;
    }
}
