using System.Text;

namespace ProxyCluster.Core.Condensation;

/// <summary>What <c>structural</c> keeps: key sentences and code blocks, as one text with headed sections (SPEC section 4).</summary>
internal sealed class StructuralSummary
{
    private const int MostSentences = 10;
    private const int MostBlocks = 5;
    private const string SentencesHead = "Key Points:";
    private const string BlocksHead = "Code Blocks:";

    private readonly List<Piece> _sentences = [];
    private readonly List<Piece> _blocks = [];
    private readonly Draft _draft;

    private readonly LexicalIndex _index;

    private StructuralSummary(Draft draft) => (_draft, _index) = (draft, new LexicalIndex(draft.Request.Words, 0));

    /// <summary>Spends the draft's budget on one summary of what does not stay whole.</summary>
    public static void Run(Draft draft)
    {
        var summary = new StructuralSummary(draft);
        summary.Collect();
        summary.Write();
    }

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
            TextSegments.Cut(text, segments);
            foreach (var segment in segments)
            {
                Judge(new Piece(unit, segment.Start, text[segment.Start..segment.End], 0), segment.Kind);
            }
        }
    }

    private void Judge(Piece piece, SegmentKind kind)
    {
        if (kind == SegmentKind.Code)
        {
            _blocks.Add(piece with { Score = piece.Unit });
            return;
        }

        var found = 0;
        foreach (var word in _draft.Request.Words.KeyPoints)
        {
            found += piece.Text.Contains(word, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        var signs = _index.SignsOf(piece.Text);
        if (kind == SegmentKind.Sentence && (found > 0 || signs.HasDecision))
        {
            _sentences.Add(piece with { Score = found + signs.FactorBy(_draft.Request.Weights) });
        }
    }

    // The best are chosen while they fit, and stand in their order.
    private void Write()
    {
        var counter = _draft.Request.Counter;
        var left = _draft.SummaryRoom - MessageCost.OfText($"{SentencesHead}\n\n{BlocksHead}\n", counter);
        var sentences = Choose(_sentences, MostSentences, ref left);
        var blocks = Choose(_blocks, MostBlocks, ref left);
        var text = new StringBuilder();
        Append(text, SentencesHead, sentences, "\n");
        Append(text, BlocksHead, blocks, "\n\n");
        if (text.Length > 0)
        {
            _draft.TryAddSummary(text.ToString());
        }
    }

    private List<Piece> Choose(List<Piece> pieces, int most, ref int left)
    {
        var chosen = new List<Piece>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var piece in pieces.OrderByDescending(piece => piece.Score).ThenByDescending(piece => piece.Unit).ThenBy(piece => piece.Start))
        {
            var cost = MessageCost.OfText(piece.Text, _draft.Request.Counter) + 2;
            if (chosen.Count < most && cost <= left && seen.Add(piece.Text))
            {
                chosen.Add(piece);
                left -= cost;
            }
        }

        chosen.Sort((a, b) => a.Unit != b.Unit ? a.Unit.CompareTo(b.Unit) : a.Start.CompareTo(b.Start));
        return chosen;
    }

    private static void Append(StringBuilder text, string head, List<Piece> pieces, string separator)
    {
        if (pieces.Count > 0)
        {
            text.Append(text.Length > 0 ? "\n\n" : "").Append(head).Append('\n').AppendJoin(separator, pieces.Select(piece => piece.Text));
        }
    }

    private readonly record struct Piece(int Unit, int Start, string Text, double Score);
}
