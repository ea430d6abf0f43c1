using System.Text;
using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Makes the changes that a hook has told.</summary>
internal static class TextEdits
{
    /// <summary>What was judged, with the changes.</summary>
    /// <param name="asked">The text, judged.</param>
    /// <param name="end">Up to where it is decided; moved on where a change reaches further.</param>
    public static string Apply(HookText asked, ref int end)
    {
        var text = asked.Text;
        var place = asked.Start;
        StringBuilder? changed = null;
        foreach (var edit in asked.Edits.OrderBy(static edit => edit.Start))
        {
            if (edit.Start < place || edit.Start > end || (edit.Start == end && !asked.IsEnd))
            {
                continue;
            }

            changed ??= new StringBuilder(text.Length);
            changed.Append(text, place, edit.Start - place).Append(edit.Replacement);
            place = edit.Start + edit.Length;
            end = Math.Max(end, place);
        }

        if (end < text.Length && end > place && char.IsHighSurrogate(text[end - 1]))
        {
            end--;
        }

        return changed is null ? text[asked.Start..end] : changed.Append(text, place, end - place).ToString();
    }

    /// <summary>A whole text with the changes.</summary>
    public static string Apply(HookText asked)
    {
        var end = asked.Text.Length;
        return asked.Edits.Count == 0 ? asked.Text : Apply(asked, ref end);
    }
}
