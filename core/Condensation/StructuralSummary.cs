using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>What <c>structural</c> keeps: key sentences and code blocks, as one text with headed sections (SPEC section 4).</summary>
internal sealed class StructuralSummary
{
    private const int MostSentences = 10;
    private const int MostBlocks = 5;
    private const int FirstPieces = 1024;
    private const double OfKeyPoint = 3;
    private const double Damping = 4;
    private const string SentencesHead = "Key Points:";
    private const string BlocksHead = "Code Blocks:";

    private readonly PooledList<Piece> _pieces = new(FirstPieces);
    private readonly Draft _draft;
    private readonly LexicalIndex _index;

    private StructuralSummary(Draft draft) => (_draft, _index) = (draft, new LexicalIndex(draft.Request.Words, draft.Characters, draft.Request.GivenUp));

    /// <summary>Spends the draft's budget on one summary of what does not stay whole.</summary>
    /// <returns>The indices of messages that are quoted in it.</returns>
    public static ImmutableArray<int> Run(Draft draft)
    {
        var summary = new StructuralSummary(draft);
        summary.Collect();
        var quoted = summary.Write();
        summary._index.GiveBack();
        summary._pieces.GiveBack();
        return quoted;
    }

    // Every sentence is a candidate: words that are known in some languages only add.
    private void Collect()
    {
        var segments = new List<TextSegment>();
        for (var unit = 0; unit < _draft.Units.Length; unit++)
        {
            if (_draft.Keeps(unit))
            {
                continue;
            }

            _draft.Request.GivenUp.ThrowIfCancellationRequested();
            var text = _draft.TextOf(unit);
            segments.Clear();
            TextSegments.Cut(text, segments, _draft.Request.GivenUp);
            var leads = LeadIns.Of(text, segments);
            for (var i = 0; i < segments.Count; i++)
            {
                var signs = _index.Add(segments[i].Of(text));
                var lead = leads[i] < 0 ? -1 : _pieces.Count - i + leads[i];
                _pieces.Add(new Piece(new Quote(unit, i, i == segments.Count - 1, segments[i]), lead, FactorOf(signs)));
            }
        }
    }

    private double FactorOf(in Salience.Signs signs) =>
        signs.FactorBy(_draft.Request.Weights) * (signs.Kinds.Has(WordKind.KeyPoint) || signs.HasDecision ? OfKeyPoint : 1);

    // The best are chosen while they fit, and stand in their order.
    private ImmutableArray<int> Write()
    {
        var left = _draft.SummaryRoom - MessageCost.OfText($"{SentencesHead}\n\n{BlocksHead}\n", _draft.Request.Counter);
        var taken = new HashSet<int>();
        var sentences = OfKind(SegmentKind.Sentence).OrderByDescending(ScoreOf).ThenByDescending(UnitOf).ThenBy(i => i);
        var blocks = OfKind(SegmentKind.Code).OrderByDescending(UnitOf).ThenBy(i => i).ToList();

        // Sentences would fill any room: half of it is for code, and what they leave.
        var half = left / 2;
        var chosenBlocks = new SortedSet<int>();
        left -= half - Choose(blocks, MostBlocks, half, taken, chosenBlocks);
        var chosenSentences = new SortedSet<int>();
        left = Choose(sentences, MostSentences, left, taken, chosenSentences);
        Choose(blocks, MostBlocks - chosenBlocks.Count(i => KindOf(i) == SegmentKind.Code), left, taken, chosenBlocks);
        string[] sections = [Section(SentencesHead, chosenSentences), Section(BlocksHead, chosenBlocks)];
        var text = string.Join("\n\n", sections.Where(section => section.Length > 0));
        return text.Length > 0 && _draft.TryAddSummary(text)
            ? [.. chosenSentences.Union(chosenBlocks).Select(UnitOf).Distinct().Order().SelectMany(unit => _draft.Units[unit].Messages)]
            : [];
    }

    private IEnumerable<int> OfKind(SegmentKind kind) => Enumerable.Range(0, _pieces.Count).Where(i => KindOf(i) == kind);

    private SegmentKind KindOf(int piece) => _pieces[piece].Quote.Segment.Kind;

    private int UnitOf(int piece) => _pieces[piece].Quote.Unit;

    private double ScoreOf(int piece)
    {
        var rare = 0.0;
        foreach (var (term, _) in _index.Of(piece))
        {
            rare += _index.IsStop(term) ? 0 : _index.Rarity(term);
        }

        return rare * _pieces[piece].Factor / Math.Sqrt(_index.LengthOf(piece) + Damping);
    }

    // What announces a piece is taken with it, and counts where it is of the same kind. Gives back what is left.
    private int Choose(IEnumerable<int> ranked, int most, int left, HashSet<int> taken, SortedSet<int> chosen)
    {
        var seen = new Vocabulary();
        var count = 0;
        foreach (var piece in ranked)
        {
            if (count == most)
            {
                break;
            }

            var known = seen.Count;
            if (taken.Contains(piece) || seen.Add(_pieces[piece].Quote.TextIn(_draft)) < known)
            {
                continue;
            }

            var (group, ofKind, cost) = (new List<int>(), 0, 0);
            for (var i = piece; i >= 0 && !taken.Contains(i); i = _pieces[i].Lead)
            {
                group.Add(i);
                ofKind += KindOf(i) == KindOf(piece) ? 1 : 0;
                cost += MessageCost.OfText(_pieces[i].Quote.TextIn(_draft), _draft.Request.Counter, _draft.Request.GivenUp) + Quotes.MostAround(_draft.Request.Counter) + LeftOut.CostIn(_draft, UnitOf(i));
            }

            if (cost <= left && ofKind <= most - count)
            {
                left -= cost;
                chosen.UnionWith(group);
                taken.UnionWith(group);
                count += ofKind;
            }
        }

        seen.GiveBack();
        return left;
    }

    private string Section(string head, SortedSet<int> pieces) =>
        pieces.Count == 0 ? "" : $"{head}\n{Quotes.Join(_draft, pieces.Select(i => _pieces[i].Quote))}";

    private readonly record struct Piece(Quote Quote, int Lead, double Factor);
}
