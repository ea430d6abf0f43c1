using System.Runtime.InteropServices;

namespace ProxyCluster.Core.Condensation;

/// <summary>What a text states, read once, so that each sentence of a summary is held against it without reading it again.</summary>
internal sealed class SourceFacts
{
    private const int StemLetters = 4;

    // A date's parts may stand apart there: "14 May 2031".
    private const int PartsOfDate = 3;
    private const int DigitsOfYear = 4;

    // Of a term that stands nearly everywhere the first sentences do.
    private const int MostPlaces = 64;
    private const double MostCapitals = 0.2;

    private readonly Vocabulary _terms = new();
    private readonly List<List<int>> _places = [];
    private readonly HashSet<string> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly HashSet<string> _stems = new(StringComparer.Ordinal);
    private int _words;
    private int _capitals;

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">The languages that are known.</param>
    /// <param name="ended">Ends the reading.</param>
    public SourceFacts(string text, CondensationWords words, CancellationToken ended)
    {
        Language = LanguageWords.Of(text, words.Languages);
        var segments = new List<TextSegment>();
        TextSegments.Cut(text, segments, ended);
        foreach (var segment in segments)
        {
            ended.ThrowIfCancellationRequested();
            Sentences.Add(Read(segment.Of(text), isSource: true));
        }

        MayHaveNumberWords = Language is not { Numbers.Count: > 0 } || Sentences.Exists(static sentence => sentence.Numbers.Count > 0);
        var runs = new List<string>();
        var numbers = new NumberReader(text);
        while (numbers.Read(runs) is { } number)
        {
            ended.ThrowIfCancellationRequested();
            _numbers.Add(number);
            _numbers.UnionWith(runs.Count >= PartsOfDate ? runs : []);
        }
    }

    /// <summary>Its language; <see langword="null"/>: none that is known.</summary>
    public LanguageWords? Language { get; }

    /// <summary>Its sentences.</summary>
    public List<StatedSentence> Sentences { get; } = [];

    /// <summary>Whether capitals inside sentences mark names, as they do not where all nouns have them.</summary>
    public bool HasNamesByCapitals => _capitals <= MostCapitals * _words;

    /// <summary>Whether any number stands in it as a word, or may do so for all that is known of its language.</summary>
    public bool MayHaveNumberWords { get; }

    /// <summary>Gives its memory back. It is not to be used any more.</summary>
    public void GiveBack() => _terms.GiveBack();

    /// <summary>Whether a number stands in it.</summary>
    public bool HasNumber(string digits, List<string> runs) => _numbers.Contains(digits)
        || (runs.Count >= PartsOfDate && runs.Exists(static run => run.Length == DigitsOfYear) && runs.TrueForAll(run => _numbers.Contains(run) || IsMonth(run)));

    /// <summary>Whether a word that begins like this one stands in it.</summary>
    public bool HasWord(ReadOnlySpan<char> term) => _stems.GetAlternateLookup<ReadOnlySpan<char>>().Contains(term[..Math.Min(term.Length, StemLetters)]);

    /// <summary>Whether a word stands in it as it is.</summary>
    public bool HasTerm(ReadOnlySpan<char> term) => _whole.GetAlternateLookup<ReadOnlySpan<char>>().Contains(term);

    /// <summary>Reads a sentence of a summary.</summary>
    public StatedSentence Read(ReadOnlySpan<char> sentence) => Read(sentence, isSource: false);

    /// <summary>The sentences that say about the same, denied or not.</summary>
    /// <param name="sentence">Of a summary.</param>
    public List<StatedSentence> Alike(StatedSentence sentence)
    {
        const int MostTerms = 6;
        const double LeastOfSummary = 0.7;
        const double LeastOfSource = 0.75;
        var near = new HashSet<int>();
        foreach (var term in sentence.Terms.Where(term => term >= 0).OrderBy(term => _places[term].Count).Take(MostTerms))
        {
            near.UnionWith(_places[term]);
        }

        // Longer ones cannot be alike, and would be read again for every sentence of the summary.
        var most = sentence.Terms.Count / LeastOfSource;
        return
        [
            .. near.Order().Select(place => Sentences[place]).Where(one => one.Terms.Count <= most).Where(one =>
            {
                var shared = one.Terms.Count(sentence.Terms.Contains);
                return shared >= LeastOfSummary * sentence.Terms.Count && shared >= LeastOfSource * one.Terms.Count;
            }),
        ];
    }

    // It may be named there.
    private static bool IsMonth(string run) => run.Length < 2 || (run.Length == 2 && run[0] == '1' && run[1] <= '2');

    private StatedSentence Read(ReadOnlySpan<char> sentence, bool isSource)
    {
        var read = new StatedSentence();
        var scanner = new TextScanner(sentence, stackalloc char[TextScanner.LongestTerm]);
        while (scanner.Read())
        {
            if (isSource)
            {
                _words++;
                _capitals += scanner.Start > 0 && char.IsUpper(sentence[scanner.Start]) ? 1 : 0;
                _whole.GetAlternateLookup<ReadOnlySpan<char>>().Add(scanner.Term);
                _stems.GetAlternateLookup<ReadOnlySpan<char>>().Add(scanner.Term[..Math.Min(scanner.Term.Length, StemLetters)]);
            }

            if (Language is not { } language)
            {
                continue;
            }

            if (language.Denials.GetAlternateLookup<ReadOnlySpan<char>>().Contains(scanner.Term))
            {
                read.IsDenied = true;
            }
            else if (language.Numbers.GetAlternateLookup<ReadOnlySpan<char>>().Contains(scanner.Term))
            {
                read.Numbers.Add(scanner.Term.ToString());
            }
            else if (!language.Stop.GetAlternateLookup<ReadOnlySpan<char>>().Contains(scanner.Term))
            {
                read.Terms.Add(isSource ? Place(scanner.Term) : _terms.Find(scanner.Term) is >= 0 and var known ? known : -1 - read.Terms.Count);
            }
        }

        return read;
    }

    private int Place(ReadOnlySpan<char> term)
    {
        var number = _terms.Add(term);
        if (number == _places.Count)
        {
            _places.Add([]);
        }

        var places = CollectionsMarshal.AsSpan(_places)[number];
        if (places.Count < MostPlaces && (places.Count == 0 || places[^1] != Sentences.Count))
        {
            places.Add(Sentences.Count);
        }

        return number;
    }
}
