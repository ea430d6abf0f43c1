namespace ProxyCluster.Core.Condensation;

/// <summary>How important a message is by itself, and how much <c>temporal</c> wants it (SPEC section 4).</summary>
internal static class Importance
{
    private const double FullLength = 1000;
    private const double EnoughWords = 3;

    /// <summary>0.3 × min(length ÷ 1000, 1) + 0.4 × min(different keywords ÷ 3, 1) + 0.3 where it asks a question.</summary>
    /// <param name="text">The message.</param>
    /// <param name="words">The keywords.</param>
    public static double Of(ReadOnlySpan<char> text, CondensationWords words)
    {
        var found = 0;
        foreach (var word in words.Importance)
        {
            found += text.Contains(word, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        var asks = text.ContainsAny("?\uFF1F\u061F\u037E");
        return (0.3 * Math.Min(text.Length / FullLength, 1)) + (0.4 * Math.Min(found / EnoughWords, 1)) + (asks ? 0.3 : 0);
    }

    /// <summary>0.4 × recency + 0.4 × importance + 0.2 × position, recency being 1 ÷ (1 + age in hours).</summary>
    /// <param name="age">How old the message is; what lies ahead counts as new.</param>
    /// <param name="importance">From <see cref="Of"/>.</param>
    /// <param name="index">Its place in the conversation, from 0.</param>
    /// <param name="count">Messages of the conversation.</param>
    public static double TemporalScore(TimeSpan age, double importance, int index, int count)
    {
        var hours = Math.Max(0, age.TotalHours);
        return (0.4 / (1 + hours)) + (0.4 * importance) + (0.2 * index / count);
    }
}
