namespace ProxyCluster.Core.Condensation;

/// <summary>What a piece of text is.</summary>
internal enum SegmentKind
{
    /// <summary>A sentence, a heading or an item of a list.</summary>
    Sentence = 0,

    /// <summary>A fenced block of code, fences included.</summary>
    Code = 1,

    /// <summary>A JSON object or array.</summary>
    Data = 2,
}

/// <summary>A piece of text that stays whole or goes.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends, blanks after it not included.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct TextSegment(int Start, int End, SegmentKind Kind)
{
    /// <summary>Its characters.</summary>
    public int Length => End - Start;

    /// <summary>Its text.</summary>
    /// <param name="text">The text that it was cut from.</param>
    public ReadOnlySpan<char> Of(ReadOnlySpan<char> text) => text[Start..End];
}
