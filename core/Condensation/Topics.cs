namespace ProxyCluster.Core.Condensation;

/// <summary>Groups messages by what they are about: by words first (SPEC section 4), and what fits none by the words they share.</summary>
internal static class Topics
{
    /// <summary>The name of what fits no topic.</summary>
    public const string General = "general_discussion";

    private const double LeastAlike = 0.12;
    private const int NamingTerms = 2;
    private const int MostGroups = 64;

    /// <summary>The units of each topic, in the order in which topics came up.</summary>
    /// <param name="texts">The text of each unit that is to be grouped; <see langword="null"/>: it is not.</param>
    /// <param name="words">The topics.</param>
    public static List<(string Name, List<int> Units)> Of(IReadOnlyList<string?> texts, CondensationWords words)
    {
        var topics = new List<(string Name, List<int> Units)>();
        var rest = new List<int>();
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
                rest.Add(unit);
            }
        }

        Cluster(texts, rest, topics, words);
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
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end]) || isPlural))
            {
                return true;
            }
        }

        return false;
    }

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

    // Leader clustering: each message joins the group that it shares most rare words with, or begins one.
    private static void Cluster(IReadOnlyList<string?> texts, List<int> units, List<(string Name, List<int> Units)> topics, CondensationWords words)
    {
        var index = new LexicalIndex(words, 0);
        units.ForEach(unit => index.Add(texts[unit]));
        var groups = new List<(Dictionary<int, double> Weights, List<int> Passages)>();
        for (var passage = 0; passage < units.Count; passage++)
        {
            var best = -1;
            var most = LeastAlike;
            for (var group = 0; group < groups.Count; group++)
            {
                var alike = Alike(index, passage, groups[group].Weights);
                if (alike > most || (groups.Count >= MostGroups && best < 0))
                {
                    (best, most) = (group, alike);
                }
            }

            if (best < 0)
            {
                groups.Add(([], []));
                best = groups.Count - 1;
            }

            Join(index, passage, groups[best].Weights);
            groups[best].Passages.Add(passage);
        }

        foreach (var (weights, passages) in groups)
        {
            Find(topics, NameOf(index, weights, passages.Count)).AddRange(passages.Select(passage => units[passage]));
        }
    }

    private static double Alike(LexicalIndex index, int passage, Dictionary<int, double> weights)
    {
        var (shared, own) = (0.0, 0.0);
        foreach (var (term, _) in index.Of(passage))
        {
            var rarity = index.Rarity(term);
            own += rarity;
            shared += weights.TryGetValue(term, out var weight) ? Math.Min(weight, 1) * rarity : 0;
        }

        return own == 0 ? 0 : shared / own / (1 + Math.Log(1 + (weights.Count / 100.0)));
    }

    private static void Join(LexicalIndex index, int passage, Dictionary<int, double> weights)
    {
        foreach (var (term, _) in index.Of(passage))
        {
            if (index.PassagesWith(term) * 10 <= index.Passages + 10)
            {
                weights[term] = weights.GetValueOrDefault(term) + 1;
            }
        }
    }

    // A group of one is no topic of its own.
    private static string NameOf(LexicalIndex index, Dictionary<int, double> weights, int size)
    {
        var telling = weights.Where(term => term.Value > 1)
            .OrderByDescending(term => term.Value * index.Rarity(term.Key))
            .ThenBy(term => term.Key)
            .Take(NamingTerms)
            .Select(term => index.Vocabulary[term.Key].ToString())
            .ToList();
        return size < 2 || telling.Count == 0 ? General : $"{General} ({string.Join(", ", telling)})";
    }
}
