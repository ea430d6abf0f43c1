using System.Collections.Immutable;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Costs;

/// <summary>
/// Limits and list prices of known models, shipped with the product and never fetched. A definition's own values win; what
/// the catalogue does not know stays unknown.
/// </summary>
public sealed class ModelCatalogue
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly Lazy<ModelCatalogue> Loaded = new(Load);

    private readonly ImmutableDictionary<string, ImmutableArray<Line>> _byType;
    private readonly ImmutableArray<string> _reasoning;
    private readonly ImmutableArray<string> _answering;

    private ModelCatalogue(Document document, ImmutableDictionary<string, ImmutableArray<Line>> byType)
    {
        Date = DateOnly.ParseExact(document.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        _byType = byType;
        _reasoning = [.. document.Reasoning];
        _answering = [.. document.Answering];
    }

    /// <summary>What this version of the product knows.</summary>
    public static ModelCatalogue Shipped => Loaded.Value;

    /// <summary>The day on which the list was checked.</summary>
    public DateOnly Date { get; }

    /// <summary>Every entry: provider type and name or pattern.</summary>
    public IEnumerable<(string Type, string Id, ModelFacts Facts)> Entries =>
        _byType.SelectMany(static type => type.Value.Select(line => (type.Key, line.Id, line.Facts)));

    /// <summary>What is known of a model.</summary>
    /// <param name="providerType">The provider's type: the same model has other prices elsewhere.</param>
    /// <param name="upstreamModel">The name that the provider knows.</param>
    /// <returns><see langword="null"/>: nothing.</returns>
    public ModelFacts? Find(string providerType, string upstreamModel)
    {
        foreach (var line in _byType.GetValueOrDefault(providerType, []))
        {
            if (FileSystemName.MatchesSimpleExpression(line.Id, upstreamModel, ignoreCase: false))
            {
                return line.Facts;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a model is known to think before it answers without being asked to, whoever provides it. Only the name
    /// counts: neither an owner before it (<c>openai/gpt-5</c>) nor its case.
    /// </summary>
    /// <param name="model">The name that clients or the provider know.</param>
    public bool IsReasoning(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var name = model.AsSpan(model.LastIndexOf('/') + 1);
        return Matches(_reasoning, name) && !Matches(_answering, name);
    }

    /// <summary>Fills what an entry leaves open. Prices are one whole: where the entry has any, none is filled.</summary>
    /// <param name="providerType">The provider's type.</param>
    /// <param name="upstreamModel">The name that the provider knows.</param>
    /// <param name="entry">As configured.</param>
    public ModelDefinition Fill(string providerType, string upstreamModel, ModelDefinition entry)
    {
        if (Find(providerType, upstreamModel) is not { } facts)
        {
            return entry;
        }

        var limited = entry with
        {
            ContextLengthTokens = entry.ContextLengthTokens > 0 ? entry.ContextLengthTokens : facts.ContextLengthTokens,
            MaxOutputTokens = entry.MaxOutputTokens > 0 ? entry.MaxOutputTokens : facts.MaxOutputTokens,
        };
        var hasPrice = entry.InputCostPerMillion is not null || entry.OutputCostPerMillion is not null;
        return hasPrice ? limited : limited with
        {
            InputCostPerMillion = facts.Input,
            OutputCostPerMillion = facts.Output,
            CacheReadCostPerMillion = facts.CacheRead,
            CacheWriteCostPerMillion = facts.CacheWrite,
        };
    }

    private static bool Matches(ImmutableArray<string> patterns, ReadOnlySpan<char> name)
    {
        foreach (var pattern in patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true))
            {
                return true;
            }
        }

        return false;
    }

    private static ModelCatalogue Load()
    {
        using var stream = typeof(ModelCatalogue).Assembly.GetManifestResourceStream("ProxyCluster.Core.Costs.catalogue.json")
            ?? throw new InvalidOperationException("The catalogue is missing from the assembly.");
        var document = JsonSerializer.Deserialize<Document>(stream, Format)!;
        var byType = document.Models
            .SelectMany(static model => model.Types.Select(type => (Type: type, Line: model.ToLine())))
            .GroupBy(static pair => pair.Type, StringComparer.Ordinal)
            .ToImmutableDictionary(static group => group.Key, static group => group.Select(static pair => pair.Line).ToImmutableArray(), StringComparer.Ordinal);
        return new ModelCatalogue(document, byType);
    }

    private readonly record struct Line(string Id, ModelFacts Facts);

    private sealed record Document(string Date, Model[] Models, string[] Reasoning, string[] Answering);

    private sealed record Model(
        string[] Types, string Id, int Context, int Output, decimal? Input, decimal? CacheRead, decimal? CacheWrite, decimal? Answer)
    {
        public Line ToLine() => new(Id, new ModelFacts(Context, Output, Input, CacheRead, CacheWrite, Answer));
    }
}
