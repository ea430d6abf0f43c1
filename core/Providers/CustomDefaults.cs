namespace ProxyCluster.Core.Providers;

/// <summary>What holds of the models of a <c>custom_ai</c> provider where its entries are silent.</summary>
public static class CustomDefaults
{
    /// <summary>The provider type.</summary>
    public const string Type = "custom_ai";

    /// <summary>Prompt and answer together, in tokens.</summary>
    public const int ContextLengthTokens = 4096;

    /// <summary>The longest answer, in tokens.</summary>
    public const int MaxOutputTokens = 2048;

    private const string EveryModel = "*";
    private const string Prefix = "custom-";

    /// <summary>Fills what an entry leaves open: limits, and a price of nothing. Prices are one whole, as in the catalogue.</summary>
    /// <param name="model">The name that was asked for.</param>
    /// <param name="entry">The entry that serves it.</param>
    public static ModelDefinition Fill(string model, ModelDefinition entry)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(entry);
        var hasPrefix = entry is { Id: EveryModel, UpstreamId: null } && model.StartsWith(Prefix, StringComparison.Ordinal) && model.Length > Prefix.Length;
        var hasPrice = entry.InputCostPerMillion is not null || entry.OutputCostPerMillion is not null;
        return entry with
        {
            UpstreamId = hasPrefix ? model[Prefix.Length..] : entry.UpstreamId,
            ContextLengthTokens = entry.ContextLengthTokens > 0 ? entry.ContextLengthTokens : ContextLengthTokens,
            MaxOutputTokens = entry.MaxOutputTokens > 0 ? entry.MaxOutputTokens : MaxOutputTokens,
            InputCostPerMillion = hasPrice ? entry.InputCostPerMillion : 0,
            OutputCostPerMillion = hasPrice ? entry.OutputCostPerMillion : 0,
        };
    }

    /// <summary>Whether an entry's context is the default of its provider's type, and nobody has stated it.</summary>
    /// <param name="provider">Who serves.</param>
    /// <param name="entry">Its entry, filled.</param>
    public static bool AssumesContext(ProviderDefinition provider, ModelDefinition entry)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(entry);
        return provider.Type == Type
            && entry.ContextLengthTokens == ContextLengthTokens
            && !provider.Models.Any(stated => stated.Id == entry.Id && stated.ContextLengthTokens > 0);
    }

    /// <summary>What clients call a model that the provider has told of and no entry names.</summary>
    /// <param name="entry">The entry that serves it.</param>
    /// <param name="upstreamModel">The provider's own name.</param>
    public static string NameOf(ModelDefinition entry, string upstreamModel)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Id == EveryModel ? Prefix + upstreamModel : upstreamModel;
    }
}
