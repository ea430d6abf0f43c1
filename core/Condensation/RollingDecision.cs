namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Whether it pays to condense a conversation that will go on. Over N further turns, with a price r for cached tokens and w for
/// new ones, each turn that carries <c>before − after</c> tokens less saves r of each; once, what stands after the first changed
/// token is read anew, (w − r) for each. Both are counted in tokens at the full price.
/// </summary>
/// <param name="SavedTokens">N × r × (before − after).</param>
/// <param name="LostTokens">(w − r) × (after − what stays the same at the beginning).</param>
public readonly record struct RollingDecision(double SavedTokens, double LostTokens)
{
    /// <summary>Whether more is saved than lost.</summary>
    public bool IsWorth => SavedTokens > LostTokens;

    /// <summary>Weighs one step.</summary>
    /// <param name="before">Tokens of the prompt as it would be without the step.</param>
    /// <param name="after">Tokens of the prompt with it.</param>
    /// <param name="kept">Tokens at its beginning that stay as they were.</param>
    /// <param name="options">Price and turns to come.</param>
    public static RollingDecision Of(int before, int after, int kept, RollingOptions options) => new(
        Math.Max(0, before - after) * options.Price.Read * options.ExpectedTurns,
        Math.Max(0, after - kept) * (options.Price.Write - options.Price.Read));

    /// <summary>
    /// The smallest share of a full prompt that a step must free to be worth it: from N r S &gt; (w − r)(V − S) follows
    /// S ÷ V &gt; (w − r) ÷ (N r + w − r).
    /// </summary>
    public static double LeastShare(RollingOptions options)
    {
        var lost = Math.Max(0, options.Price.Write - options.Price.Read);
        var saved = options.ExpectedTurns * options.Price.Read;
        return lost + saved > 0 ? lost / (lost + saved) : 1;
    }
}
