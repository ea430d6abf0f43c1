namespace ProxyCluster.Core.Condensation;

/// <summary>Who speaks, where a conversation of several people says so in its text: <c>Ada: …</c>, <c>[10:00] Ada: …</c>.</summary>
internal static class Speaker
{
    private const int LongestName = 40;
    private const int LongestTime = 80;

    /// <summary>The message's own name, or the one before its first colon; empty: none.</summary>
    /// <param name="message">The message.</param>
    public static ReadOnlySpan<char> Of(ConversationMessage message)
    {
        if (!string.IsNullOrEmpty(message.Name))
        {
            return message.Name;
        }

        var (start, length) = Find(message.Text);
        return message.Text.AsSpan(start, length);
    }

    /// <summary>Characters of a text that tell who speaks and when; 0: none does.</summary>
    /// <param name="text">A message.</param>
    public static int LengthOfHead(ReadOnlySpan<char> text) => Find(text) is { Length: > 0 } name ? name.Start + name.Length + 1 : 0;

    private static (int Start, int Length) Find(ReadOnlySpan<char> text)
    {
        var start = AfterBlanks(text, 0);
        if (start < text.Length && text[start] == '[' && text[start..Math.Min(text.Length, start + LongestTime)].IndexOf(']') is > 0 and var end)
        {
            start = AfterBlanks(text, start + end + 1);
        }

        var name = text[start..Math.Min(text.Length, start + LongestName)];
        var colon = name.IndexOfAny(':', '\uFF1A');
        if (colon <= 0 || start + colon + 1 >= text.Length || (name[colon] == ':' && text[start + colon + 1] != ' ') || char.IsLower(text[start]))
        {
            return default;
        }

        foreach (var c in name[..colon])
        {
            if (!char.IsLetter(c) && c is not (' ' or '.' or '\'' or '-'))
            {
                return default;
            }
        }

        return (start, colon);
    }

    private static int AfterBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }
}
