namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Finds the piece that announces others: a line that ends with a colon, and the items or the block after it. They say
/// nothing, or the opposite, without it.
/// </summary>
internal static class LeadIns
{
    /// <summary>Pieces that announce each other at most: lists in lists. In a longer chain the innermost of these announces all that follow.</summary>
    public const int Deepest = 4;

    /// <summary>For each piece the one that announces it; -1: none does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pieces">Its pieces, in order.</param>
    public static int[] Of(ReadOnlySpan<char> text, List<TextSegment> pieces)
    {
        var leads = new int[pieces.Count];
        var depths = new int[pieces.Count];
        for (var i = 0; i < leads.Length; i++)
        {
            leads[i] = i == 0 ? -1
                : Announces(text, pieces[i - 1]) && depths[i - 1] < Deepest ? i - 1
                : Announces(text, pieces[i - 1]) || GoesOn(text, pieces[i - 1], pieces[i]) ? leads[i - 1]
                : -1;
            depths[i] = leads[i] < 0 ? 0 : depths[leads[i]] + 1;
        }

        return leads;
    }

    private static bool Announces(ReadOnlySpan<char> text, TextSegment piece) =>
        piece.Kind == SegmentKind.Sentence && text[..piece.End].TrimEnd("*_") is var said && said.Length > piece.Start && said[^1] is ':' or '\uFF1A';

    // The next item or block, and what is said in the same line.
    private static bool GoesOn(ReadOnlySpan<char> text, TextSegment before, TextSegment piece) =>
        piece.Kind != SegmentKind.Sentence
        || BlockStarts.ItemAt(text, piece.Start)
        || (before.Kind == SegmentKind.Sentence && !text[before.End..piece.Start].Contains('\n'));
}
