using System.Globalization;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Finds what a summary states otherwise than its source: a number or a name that does not stand there, or a denial that was
/// none, or the other way round. What needs a language to be known is looked for only where it is.
/// </summary>
internal static class SummaryFacts
{
    private const int LargestInWords = 12;
    private const int FewestTerms = 3;
    private const int LongestName = 40;
    private const int LettersOfWeight = 4;

    /// <summary>Whether all that a summary states may be so.</summary>
    /// <param name="summary">What was written.</param>
    /// <param name="source">What it is to stand for.</param>
    /// <param name="words">What is known of languages.</param>
    /// <param name="ended">Ends the comparison.</param>
    public static bool Hold(string summary, string source, CondensationWords words, CancellationToken ended = default)
    {
        var facts = new SourceFacts(source, words, ended);
        var holds = Hold(summary, facts, words, ended);
        facts.GiveBack();
        return holds;
    }

    private static bool Hold(string summary, SourceFacts facts, CondensationWords words, CancellationToken ended)
    {
        var segments = new List<TextSegment>();
        TextSegments.Cut(summary, segments, ended);
        var runs = new List<string>();
        foreach (var segment in segments)
        {
            ended.ThrowIfCancellationRequested();
            var sentence = segment.Of(summary);
            if (!NumbersHold(sentence, segments.Count, facts, runs) || !NamesHold(sentence, facts, words) || !DenialHolds(facts.Read(sentence), facts))
            {
                return false;
            }
        }

        return true;
    }

    // Small numbers may be written as words there, "one" as an article; where the language is not known, nobody can tell.
    private static bool NumbersHold(ReadOnlySpan<char> sentence, int sentences, SourceFacts facts, List<string> runs)
    {
        var reader = new NumberReader(sentence);
        while (reader.Read(runs) is { } number)
        {
            if (facts.HasNumber(number, runs))
            {
                continue;
            }

            var isWhole = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
            if (!isWhole || !(IsItem(sentence, reader.Start, reader.End, value, sentences) || value <= 1 || (value <= LargestInWords && facts.MayHaveNumberWords)))
            {
                return false;
            }
        }

        return true;
    }

    // "1." and "2)" before an item are the summary's own, and there are as many as it has sentences.
    private static bool IsItem(ReadOnlySpan<char> sentence, int start, int end, int value, int sentences) =>
        value <= sentences && sentence[..start].Trim().IsEmpty && (end == sentence.Length || sentence[end] is '.' or ')' or ':');

    // Of a sentence about what the source is about; who speaks, or a heading, stands before a colon in words of its own.
    private static bool NamesHold(ReadOnlySpan<char> sentence, SourceFacts facts, CondensationWords words)
    {
        var (known, strange, hasStrangeName) = (0, 0, false);
        var head = Speaker.LengthOfHead(sentence);
        var scanner = new TextScanner(sentence, stackalloc char[TextScanner.LongestTerm]);
        while (scanner.Read())
        {
            if (scanner.Start < head)
            {
                continue;
            }

            var word = sentence[scanner.Start..scanner.End];
            var isIdentifier = IsIdentifier(word);
            if (isIdentifier ? facts.HasTerm(scanner.Term) : facts.HasWord(scanner.Term))
            {
                known += word.Length >= LettersOfWeight ? 1 : 0;
            }
            else if (isIdentifier || (facts.HasNamesByCapitals && IsCapital(sentence, scanner.Start) && !words.Times.Contains(word.ToString())))
            {
                hasStrangeName = true;
            }
            else
            {
                strange += word.Length >= LettersOfWeight ? 1 : 0;
            }
        }

        return !hasStrangeName || known < strange;
    }

    // As code has them: tied together, or with a capital inside.
    private static bool IsIdentifier(ReadOnlySpan<char> word) =>
        word.Length is > 2 and <= LongestName && !char.IsDigit(word[0]) && (word.Contains('_') || (char.IsLower(word[0]) && word.ContainsAnyInRange('A', 'Z')));

    // Inside a sentence.
    private static bool IsCapital(ReadOnlySpan<char> sentence, int start) =>
        char.IsUpper(sentence[start]) && start >= 2 && start + 1 < sentence.Length && char.IsLower(sentence[start + 1])
        && sentence[start - 1] == ' ' && (char.IsLower(sentence[start - 2]) || sentence[start - 2] == ',');

    // Where the source says about the same, it must say so once in the same sense.
    private static bool DenialHolds(StatedSentence sentence, SourceFacts facts)
    {
        if (sentence.Terms.Count < FewestTerms)
        {
            return true;
        }

        var alike = facts.Alike(sentence);
        return alike.Count == 0 || alike.Exists(one => one.IsDenied == sentence.IsDenied
            && (sentence.Numbers.Count == 0 || one.Numbers.Count == 0 || one.Numbers.Overlaps(sentence.Numbers)));
    }
}
