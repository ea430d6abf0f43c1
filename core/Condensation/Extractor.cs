using System.Text;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Core.Condensation;

/// <summary>Shortens one text to its best pieces: whole sentences, whole blocks of code with their language, whole JSON.</summary>
internal sealed class Extractor(LexicalIndex index, double[] asked, TokenCounter counter, CancellationToken givenUp)
{
    /// <summary>Stands for what was left out between two pieces.</summary>
    public const string Gap = " […] ";

    // Under this a text says more whole or not at all.
    private const int FewestPieces = 3;
    private const double OfFirst = 1.3;
    private const double OfCode = 1.5;

    private readonly List<TextSegment> _pieces = [];
    private readonly int _gap = counter.CountAtMost(Gap);

    /// <summary>The best pieces in their order, with <see cref="Gap"/> between those that did not follow each other.</summary>
    /// <param name="text">The text.</param>
    /// <param name="allowance">Tokens at most.</param>
    /// <param name="rule">What a rule adds to a sentence's worth.</param>
    /// <returns><see langword="null"/> when the text has too few pieces, or none fits.</returns>
    public string? Shorten(string text, int allowance, double rule = 0)
    {
        _pieces.Clear();
        TextSegments.Cut(text, _pieces, givenUp);
        if (_pieces.Count < FewestPieces)
        {
            return null;
        }

        var chosen = new SortedSet<int>();
        var left = allowance;
        var leads = LeadIns.Of(text, _pieces);
        foreach (var piece in Ranked(text, rule))
        {
            var cost = CostWithLeads(text, piece, leads, chosen);
            if (cost > left || chosen.Contains(piece))
            {
                continue;
            }

            left -= cost;
            for (var i = piece; i >= 0 && chosen.Add(i); i = leads[i])
            {
            }
        }

        return chosen.Count == 0 ? null : Join(text, chosen);
    }

    // What announces a piece stays with it, and is paid for once.
    private int CostWithLeads(string text, int piece, int[] leads, SortedSet<int> chosen)
    {
        var sum = 0;
        for (var i = piece; i >= 0 && !chosen.Contains(i); i = leads[i])
        {
            sum += counter.CountAtMost(_pieces[i].Of(text), givenUp) + _gap;
        }

        return sum;
    }

    private IEnumerable<int> Ranked(string text, double rule)
    {
        var scores = new double[_pieces.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = ScoreOf(_pieces[i].Of(text), rule) * (i == 0 ? OfFirst : 1) * (_pieces[i].Kind == SegmentKind.Code ? OfCode : 1);
        }

        return Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i);
    }

    // What is asked for first, then what is rare, for each character of it.
    private double ScoreOf(ReadOnlySpan<char> piece, double rule)
    {
        var (wanted, rare, terms) = (0.0, 0.0, 0);
        var scanner = new TextScanner(piece, stackalloc char[TextScanner.LongestTerm]);
        while (scanner.Read())
        {
            givenUp.ThrowIfCancellationRequested();
            terms++;
            var term = index.Vocabulary.Find(scanner.Term);
            if (term >= 0)
            {
                wanted += asked.Length > 0 ? asked[term] : 0;
                rare += index.Rarity(term);
            }
        }

        var signs = index.SignsOf(piece);
        var salience = signs.FactorBy(HybridWeights.Tuned) * (signs.HasRule ? 1 + rule : 1);
        return ((wanted * 4) + (rare * salience)) / Math.Sqrt(terms + 4);
    }

    private string Join(string text, SortedSet<int> chosen)
    {
        var joined = new StringBuilder();
        var before = -1;
        foreach (var piece in chosen)
        {
            if (before >= 0)
            {
                joined.Append(piece == before + 1 ? text.AsSpan(_pieces[before].End, _pieces[piece].Start - _pieces[before].End) : SeparatorOf(before, piece));
            }

            joined.Append(_pieces[piece].Of(text));
            before = piece;
        }

        return joined.ToString();
    }

    // A fence must stand at the beginning of a line.
    private ReadOnlySpan<char> SeparatorOf(int before, int piece) =>
        _pieces[before].Kind == SegmentKind.Sentence && _pieces[piece].Kind == SegmentKind.Sentence ? Gap : "\n[…]\n";
}
