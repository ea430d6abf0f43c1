using System.Text;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Core.Condensation;

/// <summary>A piece of a message that is quoted in a summary.</summary>
/// <param name="Unit">The unit that it is of.</param>
/// <param name="Place">Which piece of that unit it is.</param>
/// <param name="IsLast">Whether it is the unit's last.</param>
/// <param name="Segment">Where it stands in the unit's text.</param>
internal readonly record struct Quote(int Unit, int Place, bool IsLast, TextSegment Segment)
{
    /// <summary>The piece.</summary>
    public ReadOnlySpan<char> TextIn(Draft draft) => Segment.Of(draft.TextOf(Unit));
}

/// <summary>Writes quotes so that one sees whose words they are, and where something is left out between them.</summary>
internal static class Quotes
{
    private const string Gap = "\n[…]";

    /// <summary>Tokens that a quote takes at most besides its own.</summary>
    public static int MostAround(TokenCounter counter) => MessageCost.OfText($"{Gap}\n{NameOf(MessageRole.Assistant, 2)}:\n", counter) + 1;

    /// <summary>Writes quotes one after the other.</summary>
    /// <param name="draft">The conversation.</param>
    /// <param name="quotes">In order.</param>
    public static string Join(Draft draft, IEnumerable<Quote> quotes)
    {
        var text = new StringBuilder();
        Quote? last = null;
        foreach (var quote in quotes)
        {
            var piece = quote.TextIn(draft);
            var isNext = last is { } one && (one.Unit == quote.Unit ? one.Place + 1 == quote.Place : one.IsLast && one.Unit + 1 == quote.Unit && quote.Place == 0);
            text.Append(last is null || isNext ? "" : Gap);
            text.Append(last is null ? "" : "\n");
            if (last?.Unit != quote.Unit)
            {
                // A fence must stand at the beginning of a line.
                var unit = draft.Units[quote.Unit];
                text.Append(NameOf(draft.Messages[unit.First].Role, unit.Count)).Append(LeftOut.MarkIn(draft, quote.Unit)).Append(piece[0] is '`' or '~' or '{' or '[' ? ":\n" : ": ");
            }

            text.Append(piece);
            last = quote;
        }

        return text.ToString();
    }

    private static string NameOf(MessageRole role, int count) => role switch
    {
        MessageRole.Assistant => count > 1 ? "assistant and tools" : "assistant",
        MessageRole.Tool => "tool",
        MessageRole.System => "system",
        _ => "user",
    };
}
