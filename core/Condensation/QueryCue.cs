namespace ProxyCluster.Core.Condensation;

/// <summary>What kind of answer a question asks for, as far as a word in it tells.</summary>
/// <param name="Time">It asks when.</param>
/// <param name="Number">It asks how many.</param>
internal readonly record struct QueryCue(bool Time, bool Number)
{
    /// <summary>Reads a question.</summary>
    public static QueryCue Of(ReadOnlySpan<char> query, CondensationWords words)
    {
        var times = words.AsksTime.GetAlternateLookup<ReadOnlySpan<char>>();
        var numbers = words.AsksNumber.GetAlternateLookup<ReadOnlySpan<char>>();
        var cue = default(QueryCue);
        Span<char> buffer = stackalloc char[TextScanner.LongestTerm];
        var scanner = new TextScanner(query, buffer);
        while (scanner.Read())
        {
            var word = query[scanner.Start..scanner.End];
            cue = new QueryCue(cue.Time || times.Contains(word), cue.Number || numbers.Contains(word));
        }

        return cue;
    }

    /// <summary>Whether a text with these signs may hold such an answer.</summary>
    public bool IsMetBy(in Salience.Signs signs) => (Time && (signs.HasTime || signs.Numbers > 0)) || (Number && signs.Numbers > 0);
}
