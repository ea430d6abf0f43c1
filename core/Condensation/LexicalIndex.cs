namespace ProxyCluster.Core.Condensation;

/// <summary>Which terms stand in which passage, how often, and how rare each term is.</summary>
internal sealed class LexicalIndex
{
    private readonly Vocabulary _vocabulary = new();
    private readonly List<Occurrence> _occurrences = [];
    private readonly List<int> _ends = [];
    private readonly List<int> _lengths = [];
    private readonly List<int> _passagesOf = [];
    private readonly List<int> _lastSeen = [];
    private long _length;

    /// <summary>How many passages there are.</summary>
    public int Passages => _ends.Count;

    /// <summary>How many different terms there are.</summary>
    public int Terms => _vocabulary.Count;

    /// <summary>The terms themselves.</summary>
    public Vocabulary Vocabulary => _vocabulary;

    /// <summary>Terms of a passage on average, repetitions counted.</summary>
    public double AverageLength => Passages == 0 ? 0 : (double)_length / Passages;

    /// <summary>Adds a passage.</summary>
    /// <param name="text">Its text.</param>
    public void Add(ReadOnlySpan<char> text)
    {
        Span<char> buffer = stackalloc char[TextScanner.LongestTerm];
        var scanner = new TextScanner(text, buffer);
        var start = _occurrences.Count;
        var length = 0;
        while (scanner.Read())
        {
            length++;
            Count(_vocabulary.Add(scanner.Term), start);
        }

        _ends.Add(_occurrences.Count);
        _lengths.Add(length);
        _length += length;
    }

    /// <summary>The terms of a passage, each once.</summary>
    public ReadOnlySpan<Occurrence> Of(int passage) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_occurrences)[(passage == 0 ? 0 : _ends[passage - 1]).._ends[passage]];

    /// <summary>Terms of a passage, repetitions counted.</summary>
    public int LengthOf(int passage) => _lengths[passage];

    /// <summary>In how many passages a term stands.</summary>
    public int PassagesWith(int term) => _passagesOf[term];

    /// <summary>How rare a term is: ln(1 + (N − n + ½) ÷ (n + ½)), as BM25 has it (Robertson and Zaragoza 2009).</summary>
    public double Rarity(int term) => Math.Log(1 + ((Passages - _passagesOf[term] + 0.5) / (_passagesOf[term] + 0.5)));

    private void Count(int term, int start)
    {
        if (term == _passagesOf.Count)
        {
            _passagesOf.Add(0);
            _lastSeen.Add(-1);
        }

        if (_lastSeen[term] >= start)
        {
            var at = _lastSeen[term];
            _occurrences[at] = _occurrences[at] with { Times = _occurrences[at].Times + 1 };
            return;
        }

        _lastSeen[term] = _occurrences.Count;
        _passagesOf[term]++;
        _occurrences.Add(new Occurrence(term, 1));
    }

    /// <summary>A term in a passage.</summary>
    /// <param name="Term">Its number in the vocabulary.</param>
    /// <param name="Times">How often it stands there.</param>
    public readonly record struct Occurrence(int Term, int Times);
}
