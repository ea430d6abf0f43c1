namespace ProxyCluster.Core.Condensation;

/// <summary>Numbers for terms, so that they are compared and counted without strings.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly List<string> _terms = [];

    public Vocabulary() => _bySpan = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>How many terms there are.</summary>
    public int Count => _terms.Count;

    /// <summary>The term of a number.</summary>
    public string this[int number] => _terms[number];

    /// <summary>The number of a term, a new one where it is not known.</summary>
    public int Add(ReadOnlySpan<char> term)
    {
        if (_bySpan.TryGetValue(term, out var number))
        {
            return number;
        }

        var kept = term.ToString();
        _terms.Add(kept);
        _numbers.Add(kept, _terms.Count - 1);
        return _terms.Count - 1;
    }

    /// <summary>The number of a term; -1: it is not known.</summary>
    public int Find(ReadOnlySpan<char> term) => _bySpan.TryGetValue(term, out var number) ? number : -1;
}
