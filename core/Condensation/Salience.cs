namespace ProxyCluster.Core.Condensation;

/// <summary>What makes a text worth keeping by itself: names, times, numbers, decisions; a question less than what answers it.</summary>
internal static class Salience
{
    private const int MostEntities = 3;
    private const int MostNumbers = 2;

    /// <summary>What stands in a text.</summary>
    /// <param name="Entities">Names, identifiers and quotations.</param>
    /// <param name="Identifiers">Names as code has them.</param>
    /// <param name="Numbers">Numbers in digits or words.</param>
    /// <param name="Kinds">The kinds of its words.</param>
    /// <param name="IsQuestion">Whether it ends with a question.</param>
    public readonly record struct Signs(int Entities, int Identifiers, int Numbers, WordKind Kinds, bool IsQuestion)
    {
        /// <summary>Whether it says when.</summary>
        public bool HasTime => Kinds.Has(WordKind.Time);

        /// <summary>Whether something is decided, agreed or demanded.</summary>
        public bool HasDecision => Kinds.Has(WordKind.Decision);

        /// <summary>Whether it says what is to be done always, only so, or never.</summary>
        public bool HasRule => Kinds.Has(WordKind.Rule);

        /// <summary>Whether it names a number or anything else by its name.</summary>
        public bool IsSpecific => Numbers > 0 || Entities > 0;

        /// <summary>A factor: 1 for text that shows no sign.</summary>
        /// <param name="weights">How much each sign counts.</param>
        public double FactorBy(HybridWeights weights) =>
            (1
                + (weights.Entity * Math.Min(Entities, MostEntities))
                + (weights.Number * Math.Min(Numbers, MostNumbers))
                + (HasTime ? weights.Time : 0)
                + (HasDecision ? weights.Decision : 0))
            * (IsQuestion ? weights.AskingText : 1);
    }

    /// <summary>Whether a text ends with a question, in any script.</summary>
    public static bool IsQuestion(ReadOnlySpan<char> text)
    {
        var end = text.TrimEnd().TrimEnd("\"')»”’*_ ");
        return !end.IsEmpty && end[^1] is '?' or '\uFF1F' or '\u061F' or '\u037E' or '\u2047' or '\u2048' or '\u1367';
    }

    /// <summary>Collects signs while a text is read word by word. Who speaks and when, before a colon, is no part of what is said.</summary>
    public ref struct Reader(ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private readonly int _head = Speaker.LengthOfHead(text);
        private int _entities;
        private int _identifiers;
        private int _numbers;
        private WordKind _kinds;

        /// <summary>Takes a word into account.</summary>
        /// <param name="start">Where it begins.</param>
        /// <param name="end">Where it ends.</param>
        /// <param name="kind">What is known of it.</param>
        /// <returns>Whether it is a name or an identifier.</returns>
        public bool See(int start, int end, WordKind kind)
        {
            if (start < _head)
            {
                return false;
            }

            if (char.IsDigit(_text[start]))
            {
                _numbers++;
                return false;
            }

            var isName = IsName(start, end);
            _identifiers += IsIdentifier(_text[start..end]) ? 1 : 0;
            _entities += isName ? 1 : 0;
            if (kind != WordKind.None)
            {
                _numbers += kind.Has(WordKind.Number) ? 1 : 0;
                _kinds |= kind;
            }

            return isName;
        }

        /// <summary>What was seen.</summary>
        public readonly Signs Finish() => new(_entities + Quotations(), _identifiers, _numbers, _kinds, IsQuestion(_text));

        // A capital after a small letter, or words that are tied together.
        private static bool IsIdentifier(ReadOnlySpan<char> word)
        {
            for (var i = 1; i < word.Length; i++)
            {
                if (word[i] == '_' || (char.IsAsciiLetterUpper(word[i]) && char.IsAsciiLetterLower(word[i - 1])))
                {
                    return true;
                }
            }

            return false;
        }

        // A capital inside a sentence, or an identifier of code.
        private readonly bool IsName(int start, int end)
        {
            if (end - start < 2)
            {
                return false;
            }

            var word = _text[start..end];
            if (word[1..].ContainsAnyInRange('A', 'Z') || word.Contains('_'))
            {
                return true;
            }

            return char.IsUpper(word[0]) && start >= 2 && _text[start - 1] == ' ' && (char.IsLower(_text[start - 2]) || _text[start - 2] == ',');
        }

        private readonly int Quotations() => (_text[_head..].Count('"') / 2) + _text[_head..].Count('\u201C') + _text[_head..].Count('\u300C');
    }
}
