namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Tells in work a user's sentences that hold for all that follows from those about what is at hand: by words that say so
/// (<c>from now on</c>, <c>always</c>), and by form, which needs no language to be known.
/// </summary>
internal sealed class StandingRules
{
    private const int MostTerms = 60;

    // "Please never", "and you must always": a rule's word stands at the beginning, or it tells of something.
    private const int LastOfOpening = 3;

    // A message of work that names nothing at hand and asks nothing is about all of it.
    private const int FewestTermsOfForm = 5;
    private const int MostTermsOfForm = 40;

    private readonly LexicalIndex _index;
    private readonly CondensationWords _words;

    /// <summary>Begins with what is known of a conversation.</summary>
    /// <param name="index">Knows what words tell.</param>
    /// <param name="words">Which say that something holds from then on.</param>
    public StandingRules(LexicalIndex index, CondensationWords words) => (_index, _words) = (index, words);

    /// <summary>Whether a text may hold a rule: found faster than by its sentences.</summary>
    /// <param name="text">What a user says.</param>
    /// <param name="signs">What was seen in it.</param>
    public bool MayBeIn(ReadOnlySpan<char> text, in Salience.Signs signs) => signs.HasRule || IsPlain(signs) || HasLasting(text);

    /// <summary>Whether a sentence is a rule by what it says.</summary>
    public bool IsByWords(ReadOnlySpan<char> sentence)
    {
        var signs = _index.SignsOf(sentence);
        var lasts = HasLasting(sentence);
        if (!(lasts || signs.HasRule) || AsksOrHasCode(sentence, signs))
        {
            return false;
        }

        var (terms, opening) = Read(sentence);
        return terms <= MostTerms && !opening.Has(WordKind.Person) && (lasts || opening.Has(WordKind.Rule));
    }

    /// <summary>Whether a sentence that is all its message says may be a rule, whatever its language: where it names nothing at hand.</summary>
    public bool IsByForm(ReadOnlySpan<char> sentence)
    {
        var signs = _index.SignsOf(sentence);
        if (!IsPlain(signs) || AsksOrHasCode(sentence, signs))
        {
            return false;
        }

        var (terms, opening) = Read(sentence);
        return terms is >= FewestTermsOfForm and <= MostTermsOfForm && !opening.Has(WordKind.Person);
    }

    private static bool AsksOrHasCode(ReadOnlySpan<char> sentence, in Salience.Signs signs) =>
        signs.IsQuestion || sentence.ContainsAny('`', '{', '}') || sentence[^1] is ':' or '\uFF1A' or ';';

    private static bool IsPlain(in Salience.Signs signs) => signs is { Identifiers: 0, Numbers: 0, IsQuestion: false };

    // How many words there are, and what those up to the first rule's word tell, if it stands early enough.
    private (int Terms, WordKind Opening) Read(ReadOnlySpan<char> sentence)
    {
        var scanner = new TextScanner(sentence, stackalloc char[TextScanner.LongestTerm]);
        var head = Speaker.LengthOfHead(sentence);
        var (terms, opening) = (0, WordKind.None);
        while (scanner.Read())
        {
            if (scanner.Start < head)
            {
                continue;
            }

            if (terms < LastOfOpening && !opening.Has(WordKind.Rule))
            {
                opening |= _index.KindOf(scanner.Term);
            }

            terms++;
        }

        return (terms, opening);
    }

    private bool HasLasting(ReadOnlySpan<char> text)
    {
        foreach (var phrase in _words.Lasting)
        {
            if (Has(text, phrase))
            {
                return true;
            }
        }

        return false;
    }

    // As words of their own: "many more" has no "any more".
    private static bool Has(ReadOnlySpan<char> text, string phrase)
    {
        for (var from = 0; text[from..].IndexOf(phrase, StringComparison.OrdinalIgnoreCase) is >= 0 and var found; from += found + 1)
        {
            var (start, end) = (from + found, from + found + phrase.Length);
            if ((start == 0 || !char.IsAsciiLetterOrDigit(text[start - 1])) && (end >= text.Length || !char.IsAsciiLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }
}
