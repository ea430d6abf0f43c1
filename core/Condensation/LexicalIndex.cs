namespace ProxyCluster.Core.Condensation;

/// <summary>Which terms stand in which passage, how often, and how rare each term is.</summary>
internal sealed class LexicalIndex
{
    private const int CharactersOfOccurrence = 8;
    private const int FirstPassages = 256;
    private const int FirstTerms = 2048;

    private readonly WordKinds _kinds;
    private readonly CancellationToken _givenUp;
    private readonly PooledList<Occurrence> _occurrences;
    private readonly PooledList<int> _ends = new(FirstPassages);
    private readonly PooledList<int> _lengths = new(FirstPassages);
    private readonly PooledList<TermCount> _terms = new(FirstTerms);
    private long _length;

    /// <summary>Begins with no passage.</summary>
    /// <param name="words">Which words tell what.</param>
    /// <param name="characters">How long all passages are, about.</param>
    /// <param name="givenUp">Ends the reading of a text at its next term.</param>
    public LexicalIndex(CondensationWords words, int characters, CancellationToken givenUp = default)
        : this(new WordKinds(words), characters, givenUp)
    {
    }

    /// <summary>Begins with no passage, and with what another index knows of words.</summary>
    /// <param name="other">The other.</param>
    /// <param name="characters">How long all passages are, about.</param>
    public LexicalIndex(LexicalIndex other, int characters)
        : this(other._kinds, characters, other._givenUp)
    {
    }

    private LexicalIndex(WordKinds kinds, int characters, CancellationToken givenUp)
    {
        (_kinds, _givenUp) = (kinds, givenUp);
        _occurrences = new(characters / CharactersOfOccurrence);
    }

    /// <summary>How many passages there are.</summary>
    public int Passages => _ends.Count;

    /// <summary>How many different terms there are.</summary>
    public int Terms => Vocabulary.Count;

    /// <summary>The terms themselves.</summary>
    public Vocabulary Vocabulary { get; } = new();

    /// <summary>Terms of a passage on average, repetitions counted.</summary>
    public double AverageLength => Passages == 0 ? 0 : (double)_length / Passages;

    /// <summary>Adds a passage.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>What else was seen in it.</returns>
    public Salience.Signs Add(ReadOnlySpan<char> text)
    {
        var reader = new Salience.Reader(text);
        var scanner = new TextScanner(text, stackalloc char[TextScanner.LongestTerm]);
        var first = _occurrences.Count;
        var length = 0;
        while (scanner.Read())
        {
            _givenUp.ThrowIfCancellationRequested();
            var term = Vocabulary.Add(scanner.Term);
            if (term == _terms.Count)
            {
                _terms.Add(new TermCount(0, -1, 0, _kinds.Of(scanner.Term)));
            }

            var kind = Count(term, first);
            if (reader.See(scanner.Start, scanner.End, kind))
            {
                _terms[term].Names++;
            }

            length += kind.Has(WordKind.Stop) ? 0 : 1;
        }

        _ends.Add(_occurrences.Count);
        _lengths.Add(length);
        _length += length;
        return reader.Finish();
    }

    /// <summary>What stands in a text that is no passage of its own.</summary>
    public Salience.Signs SignsOf(ReadOnlySpan<char> text)
    {
        var reader = new Salience.Reader(text);
        var scanner = new TextScanner(text, stackalloc char[TextScanner.LongestTerm]);
        while (scanner.Read())
        {
            _givenUp.ThrowIfCancellationRequested();
            reader.See(scanner.Start, scanner.End, _kinds.Of(scanner.Term));
        }

        return reader.Finish();
    }

    /// <summary>The terms of a passage, each once.</summary>
    public ReadOnlySpan<Occurrence> Of(int passage) =>
        _occurrences.Span[(passage == 0 ? 0 : _ends[passage - 1]).._ends[passage]];

    /// <summary>Terms of a passage, repetitions counted, without those that say too little.</summary>
    public int LengthOf(int passage) => _lengths[passage];

    /// <summary>In how many passages a term stands.</summary>
    public int PassagesWith(int term) => _terms[term].Passages;

    /// <summary>Which share of the passages with a term has it as a name, 1 at most.</summary>
    public double NameShareOf(int term) => Math.Min(1, (double)_terms[term].Names / Math.Max(1, _terms[term].Passages));

    /// <summary>Whether a term says too little to be looked for, as far as words of its language are known.</summary>
    public bool IsStop(int term) => _terms[term].Kind.Has(WordKind.Stop);

    /// <summary>What kind of word a term is that need not stand in a passage.</summary>
    public WordKind KindOf(ReadOnlySpan<char> term) => _kinds.Of(term);

    /// <summary>How rare a term is: ln(1 + (N − n + ½) ÷ (n + ½)), as BM25 has it (Robertson and Zaragoza 2009).</summary>
    public double Rarity(int term) => Math.Log(1 + ((Passages - PassagesWith(term) + 0.5) / (PassagesWith(term) + 0.5)));

    /// <summary>Gives its memory back. It is of no use from then on.</summary>
    public void GiveBack()
    {
        _occurrences.GiveBack();
        _ends.GiveBack();
        _lengths.GiveBack();
        _terms.GiveBack();
        Vocabulary.GiveBack();
    }

    private WordKind Count(int term, int first)
    {
        ref var count = ref _terms[term];
        if (count.LastSeen >= first)
        {
            ref var seen = ref _occurrences[count.LastSeen];
            seen = seen.OneMore();
            return count.Kind;
        }

        count = count with { Passages = count.Passages + 1, LastSeen = _occurrences.Count };
        _occurrences.Add(new Occurrence(term));
        return count.Kind;
    }

    private record struct TermCount(int Passages, int LastSeen, int Names, WordKind Kind);
}
