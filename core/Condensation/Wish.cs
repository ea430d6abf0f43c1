namespace ProxyCluster.Core.Condensation;

/// <summary>What the reader wants to know, and how much of a budget may go to what has to do with it.</summary>
/// <param name="Text">What is looked for; empty: nothing.</param>
/// <param name="Share">1: all of the budget; 0: none.</param>
internal readonly record struct Wish(string Text, double Share)
{
    // A longer message is searched for by what it asks and how it ends: the rest is told, not asked.
    private const int ShortMessage = 3;
    private const int WordsOfOpening = 2;

    /// <summary>Whether something is asked, and not only mentioned.</summary>
    public bool IsAsked => Share >= 1;

    /// <summary>Finds it: the request's query, else what the last user message asks anywhere in it, else all that it mentions.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="lastUserText">What a user wrote last.</param>
    /// <param name="index">All messages.</param>
    public static Wish Of(CondensationRequest request, string lastUserText, LexicalIndex index)
    {
        if (request.Query is { } query)
        {
            return new Wish(query, query.Length > 0 ? 1 : 0);
        }

        var said = lastUserText[Speaker.LengthOfHead(lastUserText)..];
        var sentences = new List<TextSegment>();
        TextSegments.Cut(said, sentences, request.GivenUp);
        var asking = sentences.FindAll(sentence => sentence.Kind == SegmentKind.Sentence && Asks(sentence.Of(said), index));
        if (asking.Count == 0)
        {
            return new Wish(lastUserText, HasRareTerm(lastUserText, index, request.GivenUp) ? request.Weights.Mentioned : 0);
        }

        if (sentences.Count > ShortMessage)
        {
            asking.Add(sentences[^1]);
            return new Wish(string.Join('\n', asking.Distinct().Select(sentence => sentence.Of(said).ToString())), 1);
        }

        return new Wish(lastUserText, 1);
    }

    // It ends with a question mark of any script, or begins as requests do in a language that is known.
    private static bool Asks(ReadOnlySpan<char> sentence, LexicalIndex index)
    {
        if (Salience.IsQuestion(sentence))
        {
            return true;
        }

        var scanner = new TextScanner(sentence, stackalloc char[TextScanner.LongestTerm]);
        for (var word = 0; word < WordsOfOpening && scanner.Read(); word++)
        {
            if (index.KindOf(scanner.Term).Has(WordKind.Asks))
            {
                return true;
            }
        }

        return false;
    }

    // One that stands elsewhere too, in few messages.
    private static bool HasRareTerm(string text, LexicalIndex index, CancellationToken givenUp)
    {
        const int ShareOfRare = 20;
        var scanner = new TextScanner(text, stackalloc char[TextScanner.LongestTerm]);
        while (scanner.Read())
        {
            givenUp.ThrowIfCancellationRequested();
            var term = index.Vocabulary.Find(scanner.Term);
            if (term >= 0 && !index.IsStop(term) && index.PassagesWith(term) is var passages and > 1 && passages <= Math.Max(ShortMessage, index.Passages / ShareOfRare))
            {
                return true;
            }
        }

        return false;
    }
}
