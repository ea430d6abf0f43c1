using System.Globalization;
using System.Text;

namespace ProxyCluster.Core.Condensation;

/// <summary>A condensed conversation as one text with headed sections (SPEC section 4).</summary>
internal static class CondensedText
{
    /// <summary>Writes what a draft keeps. It takes no more tokens than the budget: where headings would make it longer, it has none.</summary>
    public static string Write(Draft draft)
    {
        var plain = string.Join("\n\n", Paragraphs(draft));
        if (draft.Request.Strategy != CondensationStrategy.Hybrid)
        {
            return plain;
        }

        // Each of many small blocks is paid for with its message, its mark is not.
        var sections = WriteSections(draft);
        return draft.Request.Counter.CountAtMost(sections) <= draft.Request.Budget ? sections : plain;
    }

    /// <summary>The texts of messages that stay as they are.</summary>
    public static string Join(IEnumerable<ConversationMessage> messages) =>
        string.Join("\n\n", messages.Where(message => message.Text.Length > 0).Select(message => message.Text));

    private static IEnumerable<string> Paragraphs(Draft draft)
    {
        foreach (var message in draft.Write())
        {
            var text = message.Text ?? (message.Source < 0 ? "" : draft.Messages[message.Source].Text);
            if (text.Length > 0)
            {
                yield return text;
            }
        }
    }

    // Code stands apart, and its place in the talk is marked, so that nothing is told twice.
    private static string WriteSections(Draft draft)
    {
        var blocks = new StringBuilder();
        var talk = new StringBuilder();
        var count = 0;
        var segments = new List<TextSegment>();
        foreach (var paragraph in Paragraphs(draft))
        {
            talk.Append(talk.Length > 0 ? "\n\n" : "");
            segments.Clear();
            TextSegments.Cut(paragraph, segments);
            var at = 0;
            foreach (var segment in segments)
            {
                if (segment.Kind != SegmentKind.Code)
                {
                    continue;
                }

                count++;
                talk.Append(paragraph, at, segment.Start - at).Append(CultureInfo.InvariantCulture, $"[{count}]");
                blocks.Append(blocks.Length > 0 ? "\n\n" : "").Append(paragraph, segment.Start, segment.Length);
                at = segment.End;
            }

            talk.Append(paragraph, at, paragraph.Length - at);
        }

        var structure = blocks.Length > 0 ? $"Structural Summary:\nCode Blocks:\n{blocks}\n\n" : "";
        return $"{structure}Temporal Summary:\n{talk}";
    }
}
