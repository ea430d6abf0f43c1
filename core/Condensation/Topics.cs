namespace ProxyCluster.Core.Condensation;

/// <summary>Groups messages by what they are about: by words first (SPEC section 4), and what fits none by the words they share.</summary>
internal static class Topics
{
    /// <summary>The name of what fits no topic.</summary>
    public const string General = "general_discussion";

    /// <summary>The units of each topic, in the order in which topics came up.</summary>
    /// <param name="texts">The text of each unit that is to be grouped; <see langword="null"/>: it is not.</param>
    /// <param name="index">The same, unit by unit.</param>
    /// <param name="words">The topics.</param>
    public static List<(string Name, List<int> Units)> Of(IReadOnlyList<string?> texts, LexicalIndex index, CondensationWords words)
    {
        var topics = new List<(string Name, List<int> Units)>();
        var clusters = new TopicClusters(index);
        for (var unit = 0; unit < texts.Count; unit++)
        {
            if (texts[unit] is not { } text)
            {
                continue;
            }

            if (NameOf(text, words) is { } name)
            {
                Find(topics, name).Add(unit);
            }
            else
            {
                clusters.Add(unit);
            }
        }

        foreach (var (name, units) in clusters.Named())
        {
            Find(topics, name).AddRange(units);
        }

        topics.ForEach(static topic => topic.Units.Sort());
        return topics;
    }

    private static string? NameOf(string text, CondensationWords words)
    {
        foreach (var topic in words.Topics)
        {
            foreach (var word in topic.Words)
            {
                if (HasWord(text, word))
                {
                    return topic.Name;
                }
            }
        }

        return null;
    }

    private static bool HasWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + word.Length;
            var isPlural = end < text.Length && text[end] is 's' or 'S' && (end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1]));
            if ((at == 0 || Divides(text[at - 1], word[0])) && (end == text.Length || Divides(text[end], word[^1]) || isPlural))
            {
                return true;
            }
        }

        return false;
    }

    // Where a script has no blanks, any character beside a word may be another word's.
    private static bool Divides(char beside, char ofWord) => !char.IsLetterOrDigit(beside) || TextScanner.IsUnspaced(ofWord);

    private static List<int> Find(List<(string Name, List<int> Units)> topics, string name)
    {
        foreach (var topic in topics)
        {
            if (topic.Name == name)
            {
                return topic.Units;
            }
        }

        topics.Add((name, []));
        return topics[^1].Units;
    }
}
