namespace ProxyCluster.Core.Condensation;

/// <summary>Who speaks, where a conversation of several people says so in its text: <c>Ada: …</c>, <c>[10:00] Ada: …</c>.</summary>
internal static class Speaker
{
    private const int LongestName = 40;

    /// <summary>The message's own name, or the one before its first colon; empty: none.</summary>
    /// <param name="message">The message.</param>
    public static ReadOnlySpan<char> Of(ConversationMessage message)
    {
        if (!string.IsNullOrEmpty(message.Name))
        {
            return message.Name;
        }

        var text = message.Text.AsSpan().TrimStart();
        if (text.StartsWith("[") && text[..Math.Min(text.Length, 80)].IndexOf(']') is var end && end > 0)
        {
            text = text[(end + 1)..].TrimStart();
        }

        var colon = text[..Math.Min(text.Length, LongestName)].IndexOf(':');
        if (colon <= 0 || colon + 1 >= text.Length || text[colon + 1] != ' ' || !char.IsUpper(text[0]))
        {
            return [];
        }

        foreach (var c in text[..colon])
        {
            if (!char.IsLetter(c) && c is not (' ' or '.' or '\'' or '-'))
            {
                return [];
            }
        }

        return text[..colon];
    }
}
