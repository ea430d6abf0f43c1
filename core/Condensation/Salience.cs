namespace ProxyCluster.Core.Condensation;

/// <summary>What makes a text worth keeping by itself: names, times, numbers, decisions; a question less than what answers it.</summary>
internal static class Salience
{
    private const double OfEntity = 1.0;
    private const double OfTime = 0.6;
    private const double OfNumber = 0.2;
    private const double OfDecision = 0.3;
    private const double OfQuestion = 0.65;
    private const int MostEntities = 3;
    private const int MostNumbers = 2;

    /// <summary>What stands in a text.</summary>
    /// <param name="Entities">Names, identifiers and quotations.</param>
    /// <param name="Numbers">Numbers in digits or words.</param>
    /// <param name="HasTime">Whether it says when.</param>
    /// <param name="HasDecision">Whether something is decided, agreed or demanded.</param>
    /// <param name="IsQuestion">Whether it ends with a question.</param>
    public readonly record struct Signs(int Entities, int Numbers, bool HasTime, bool HasDecision, bool IsQuestion)
    {
        /// <summary>A factor: 1 for text that shows no sign.</summary>
        public double Factor =>
            (1 + (OfEntity * Math.Min(Entities, MostEntities)) + (OfNumber * Math.Min(Numbers, MostNumbers)) + (HasTime ? OfTime : 0) + (HasDecision ? OfDecision : 0))
            * (IsQuestion ? OfQuestion : 1);
    }

    /// <summary>Looks for the signs.</summary>
    /// <param name="text">A message or a sentence.</param>
    /// <param name="words">Words that tell times, numbers and decisions.</param>
    public static Signs Of(ReadOnlySpan<char> text, CondensationWords words)
    {
        var times = words.Times.GetAlternateLookup<ReadOnlySpan<char>>();
        var counts = words.Numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        var decisions = words.Decisions.GetAlternateLookup<ReadOnlySpan<char>>();
        var (entities, numbers) = (0, 0);
        var (hasTime, hasDecision) = (false, false);
        Span<char> buffer = stackalloc char[TextScanner.LongestTerm];
        var scanner = new TextScanner(text, buffer);
        while (scanner.Read())
        {
            var word = text[scanner.Start..scanner.End];
            if (char.IsDigit(word[0]))
            {
                numbers++;
                continue;
            }

            entities += IsName(text, scanner.Start, word) ? 1 : 0;
            numbers += counts.Contains(word) ? 1 : 0;
            hasTime |= times.Contains(word);
            hasDecision |= decisions.Contains(word);
        }

        return new Signs(entities + Quotations(text), numbers, hasTime, hasDecision, IsQuestion(text));
    }

    /// <summary>Whether a text ends with a question, in any script.</summary>
    public static bool IsQuestion(ReadOnlySpan<char> text)
    {
        var end = text.TrimEnd().TrimEnd("\"')»”’*_ ");
        return !end.IsEmpty && end[^1] is '?' or '\uFF1F' or '\u061F' or '\u037E';
    }

    // A capital inside a sentence, or an identifier of code.
    private static bool IsName(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> word)
    {
        if (word.Length > 1 && (word[1..].ContainsAnyInRange('A', 'Z') || word.Contains('_')))
        {
            return true;
        }

        return word.Length > 1 && char.IsUpper(word[0]) && start >= 2 && text[start - 1] == ' ' && (char.IsLower(text[start - 2]) || text[start - 2] == ',');
    }

    private static int Quotations(ReadOnlySpan<char> text) => text.Count('"') / 2;
}
