namespace ProxyCluster.Core.Condensation;

/// <summary>What a word tells besides itself.</summary>
[Flags]
internal enum WordKind
{
    /// <summary>Nothing that is known.</summary>
    None = 0,

    /// <summary>When something is.</summary>
    Time = 1,

    /// <summary>A number.</summary>
    Number = 2,

    /// <summary>A decision, an agreement or an obligation.</summary>
    Decision = 4,

    /// <summary>Too little to be looked for.</summary>
    Stop = 8,

    /// <summary>Asks for a time.</summary>
    AsksTime = 16,

    /// <summary>Asks for a number.</summary>
    AsksNumber = 32,

    /// <summary>Opens a request or a question.</summary>
    Asks = 64,

    /// <summary>Says what is to be done always, or never.</summary>
    Rule = 128,

    /// <summary>Takes something back that was said.</summary>
    Correction = 256,

    /// <summary>Makes a sentence a key point.</summary>
    KeyPoint = 512,

    /// <summary>Says of whom something is told.</summary>
    Person = 1024,
}

/// <summary>Asks for kinds.</summary>
internal static class WordKindTests
{
    /// <summary>Whether a kind is among these. What the runtime has for it allocates for each term until its code is optimised.</summary>
    public static bool Has(this WordKind kinds, WordKind kind) => (kinds & kind) != 0;
}

/// <summary>Finds the kind of a term, its ending taken off as <see cref="TextScanner"/> does.</summary>
internal sealed class WordKinds
{
    private readonly Dictionary<string, WordKind> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WordKind>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public WordKinds(CondensationWords words)
    {
        _bySpan = _kinds.GetAlternateLookup<ReadOnlySpan<char>>();
        Add(words.Times, WordKind.Time);
        Add(words.Numbers, WordKind.Number);
        Add(words.Decisions, WordKind.Decision);
        Add(words.Stop, WordKind.Stop);
        Add(words.AsksTime, WordKind.AsksTime);
        Add(words.AsksNumber, WordKind.AsksNumber);
        Add(words.Asks, WordKind.Asks);
        Add(words.Rules, WordKind.Rule);
        Add(words.Corrections, WordKind.Correction);
        Add(words.KeyPoints, WordKind.KeyPoint);
        Add(words.Persons, WordKind.Person);
    }

    /// <summary>What a term tells.</summary>
    public WordKind Of(ReadOnlySpan<char> term) => _bySpan.TryGetValue(term, out var kind) ? kind : WordKind.None;

    private void Add(IEnumerable<string> words, WordKind kind)
    {
        Span<char> buffer = stackalloc char[TextScanner.LongestTerm];
        foreach (var word in words)
        {
            var scanner = new TextScanner(word, buffer);
            while (scanner.Read())
            {
                _bySpan[scanner.Term] = Of(scanner.Term) | kind;
            }
        }
    }
}
