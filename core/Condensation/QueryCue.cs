namespace ProxyCluster.Core.Condensation;

/// <summary>What kind of answer a question asks for, as far as a word in it tells.</summary>
/// <param name="Time">It asks when.</param>
/// <param name="Number">It asks how many.</param>
internal readonly record struct QueryCue(bool Time, bool Number)
{
    /// <summary>Reads a question.</summary>
    public static QueryCue Of(ReadOnlySpan<char> query, LexicalIndex index)
    {
        var kinds = index.SignsOf(query).Kinds;
        return new QueryCue(kinds.Has(WordKind.AsksTime), kinds.Has(WordKind.AsksNumber));
    }

    /// <summary>Whether a text with these signs may hold such an answer.</summary>
    public bool IsMetBy(in Salience.Signs signs) => (Time && (signs.HasTime || signs.Numbers > 0)) || (Number && signs.Numbers > 0);
}
