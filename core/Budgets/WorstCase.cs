using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Budgets;

/// <summary>The most that a request can cost.</summary>
/// <param name="PromptTokens">At least as many tokens as the prompt has.</param>
/// <param name="MaxOutputTokens">The answer's limit that the client set; 0: none.</param>
/// <param name="Choices">Answers asked for; 0: the operation has none that are paid for.</param>
/// <param name="GoesOn">Whether the provider adds to the prompt what nobody here has measured: turns that it keeps, documents.</param>
public readonly record struct WorstCase(long PromptTokens, int MaxOutputTokens, int Choices, bool GoesOn)
{
    private const decimal TokensPerPrice = 1_000_000;

    /// <summary>What the prompt is charged at where an attempt ends without the provider's own count.</summary>
    public long LikelyPromptTokens { get; init; }

    /// <summary>How many attempts may be made: each that is given up may be charged its prompt. 0 counts as 1.</summary>
    public int MostAttempts { get; init; }

    /// <summary>Nano-dollars at one provider; <see langword="null"/>: it has no price.</summary>
    /// <param name="entry">Who may answer.</param>
    /// <param name="unknownOutputTokens">The longest answer of a model of which that is not known.</param>
    public long? NanoDollarsAt(ModelDefinition entry, int unknownOutputTokens)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.InputCostPerMillion is null && entry.OutputCostPerMillion is null)
        {
            return null;
        }

        // What is written to the provider's cache costs more than what is not, and a provider may write all of it.
        var input = Math.Max(entry.InputCostPerMillion ?? 0, entry.CacheWriteCostPerMillion ?? 0);
        var output = (decimal)OutputTokensAt(entry, unknownOutputTokens) * Choices;
        return Money.ToNanoDollars(((PromptTokensAt(entry) * input) + (output * (entry.OutputCostPerMillion ?? 0))) / TokensPerPrice);
    }

    /// <summary>The longest single answer at one provider.</summary>
    /// <param name="entry">Who may answer.</param>
    /// <param name="unknownOutputTokens">The longest answer of a model of which that is not known.</param>
    public int OutputTokensAt(ModelDefinition entry, int unknownOutputTokens)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var wanted = MaxOutputTokens > 0 ? MaxOutputTokens : entry.MaxOutputTokens > 0 ? entry.MaxOutputTokens : unknownOutputTokens;
        var most = entry.MaxOutputTokens > 0 ? entry.MaxOutputTokens : entry.ContextLengthTokens;
        return most > 0 ? Math.Min(wanted, most) : wanted;
    }

    private long PromptTokensAt(ModelDefinition entry) => (entry.ContextLengthTokens, GoesOn) switch
    {
        (0, _) => Math.Max(PromptTokens, LikelyPromptTokens * MostAttempts),
        (var context, true) => Math.Max(context, Math.Min(LikelyPromptTokens, context) * MostAttempts),
        (var context, false) => Math.Max(Math.Min(PromptTokens, context), Math.Min(LikelyPromptTokens, context) * MostAttempts),
    };
}
