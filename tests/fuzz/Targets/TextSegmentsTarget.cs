using System.Text;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Text that is cut for condensation: the pieces hold all of it but blanks, and no block of code, no JSON and no character is cut in half.</summary>
internal sealed class TextSegmentsTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "text-segments";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["```", "~~~", "\n", "{", "}", "[", "]", "\"", "\\\"", ". ", "? ", "\u3002", "\u0964", "\u0e01 \u0e02", "\n- ", "```cs\n", "\n```\n", "🙂", " J. "];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["core/Condensation/TextSegments.cs", "core/Condensation/CodeFences.cs", "core/Condensation/BalancedJson.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("core/Condensation/BalancedJson.cs", "if (open[--depth] !=");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var segments = new List<TextSegment>();
        TextSegments.Cut(text, segments);
        var end = 0;
        var kinds = 0;
        foreach (var segment in segments)
        {
            if (segment.Start < end || segment.Length <= 0 || !string.IsNullOrWhiteSpace(text[end..segment.Start]))
            {
                throw new InvalidDataException("The pieces overlap, or leave something out.");
            }

            Check(text, segment);
            end = segment.End;
            kinds = (kinds * 3) + (int)segment.Kind;
        }

        return string.IsNullOrWhiteSpace(text[end..]) ? HashCode.Combine(segments.Count, kinds) : throw new InvalidDataException("The end is left out.");
    }

    private static void Check(string text, TextSegment segment)
    {
        if (char.IsLowSurrogate(text[segment.Start]) || char.IsHighSurrogate(text[segment.End - 1]))
        {
            throw new InvalidDataException("A character is cut in half.");
        }

        var piece = segment.Of(text);
        if (segment.Kind == SegmentKind.Code && !piece.StartsWith("```") && !piece.StartsWith("~~~"))
        {
            throw new InvalidDataException("A block of code has no fence.");
        }

        if (segment.Kind == SegmentKind.Code && CodeFences.LanguageOf(piece) is { IsEmpty: false } language && language.Contains('\n'))
        {
            throw new InvalidDataException("A language is longer than its line.");
        }

        if (segment.Kind == SegmentKind.Data && !IsBalanced(piece))
        {
            throw new InvalidDataException("JSON is cut in half.");
        }
    }

    private static bool IsBalanced(ReadOnlySpan<char> piece)
    {
        var open = new Stack<char>();
        var inString = false;
        for (var i = 0; i < piece.Length; i++)
        {
            if (inString)
            {
                inString = piece[i] != '"';
                i += piece[i] == '\\' ? 1 : 0;
                continue;
            }

            inString = piece[i] == '"';
            if (piece[i] is '{' or '[')
            {
                open.Push(piece[i] == '{' ? '}' : ']');
            }
            else if (piece[i] is '}' or ']' && (!open.TryPop(out var closing) || closing != piece[i]))
            {
                return false;
            }
        }

        return open.Count == 0 && !inString;
    }
}
