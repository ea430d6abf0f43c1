using System.Collections.Frozen;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What the configuration in force says of condensation.</summary>
internal sealed class CondensationPolicy
{
    private const int LargestAnswerShare = 4;

    private readonly FrozenDictionary<string, CondensationRule> _models;
    private readonly CondensationRule _default;

    /// <param name="options">Checked.</param>
    public CondensationPolicy(CondensationOptions options)
    {
        Options = options;
        _default = new CondensationRule(options.Automatic, StrategyOf(options.Strategy), options.Rolling, 0);
        _models = options.Models.ToFrozenDictionary(
            static model => model.Key,
            model => new CondensationRule(
                model.Value.Automatic ?? options.Automatic, StrategyOf(model.Value.Strategy ?? options.Strategy), model.Value.Rolling ?? options.Rolling, model.Value.MaxTokens),
            StringComparer.Ordinal);
        Words = CondensationWords.English.With(options.Words.Values);
        IsEverAutomatic = options.Automatic || _models.Values.Any(static model => model.IsAutomatic);
    }

    /// <summary>As configured.</summary>
    public CondensationOptions Options { get; }

    /// <summary>What is looked for in texts.</summary>
    public CondensationWords Words { get; }

    /// <summary>Whether any model's conversations are condensed without being asked to.</summary>
    public bool IsEverAutomatic { get; }

    /// <summary>What counts for a request at a candidate: what is said of the name that is to serve, else of the provider's model.</summary>
    /// <param name="target">The name that is to serve.</param>
    /// <param name="candidate">Who would.</param>
    public CondensationRule RuleFor(string target, Candidate candidate) =>
        _models.Count == 0 ? _default
        : _models.TryGetValue(target, out var rule) ? rule
        : _models.TryGetValue($"{candidate.Provider.Name}/{candidate.UpstreamModel}", out rule) ? rule
        : _models.TryGetValue(candidate.UpstreamModel, out rule) ? rule
        : _default;

    /// <summary>What a request's conversation must fit at a candidate.</summary>
    /// <param name="request">The request.</param>
    /// <param name="candidate">Who would be asked.</param>
    /// <param name="rule">What the configuration says of it.</param>
    /// <param name="wish">What the client says; <see langword="null"/>: nothing.</param>
    public ContextRoom RoomFor(InferenceRequest request, Candidate candidate, CondensationRule rule, CondenseWish? wish)
    {
        var entry = candidate.Entry;
        var isHard = wish is { MaxTokens: > 0 };
        var room = new ContextRoom(
            TokenCounters.For(candidate.UpstreamModel),
            wish?.Strategy ?? rule.Strategy,
            entry.ContextLengthTokens,
            AnswerOf(request, candidate),
            isHard ? wish!.MaxTokens : rule.MaxTokens,
            isHard)
        {
            // Those who differ in images alone share what is found for a conversation without any.
            Images = (request.Required & ModelCapabilities.Vision) == 0 ? ImageTokens.Unknown : ImageTokens.For(candidate.UpstreamModel),
            LongestAnswer = request.MaxOutputTokens > 0 ? 0 : entry.MaxOutputTokens > 0 ? entry.MaxOutputTokens : int.MaxValue,
            IsContextAssumed = candidate.IsContextAssumed,
        };
        return wish is null && rule.IsRolling && !IsSummarised(room.Strategy) ? room with { Rolling = RollingOf(entry, rule) } : room;
    }

    // A model that cannot say more needs no more room, whatever the client allows it. One that thinks does so in the same room.
    private int AnswerOf(InferenceRequest request, Candidate candidate)
    {
        var most = candidate.Entry.MaxOutputTokens > 0 ? candidate.Entry.MaxOutputTokens : int.MaxValue;
        if (request.MaxOutputTokens > 0)
        {
            return Math.Min(request.MaxOutputTokens, most);
        }

        var usual = candidate.IsReasoning ? Math.Max(Options.AnswerTokens, Options.ReasoningAnswerTokens) : Options.AnswerTokens;
        return Math.Min(Math.Min(usual, most), candidate.Entry.ContextLengthTokens / LargestAnswerShare);
    }

    // What a model writes is different each time.
    private bool IsSummarised(CondensationStrategy strategy) => strategy == CondensationStrategy.Semantic && Options.SummaryModel is not null;

    private RollingOptions RollingOf(ModelDefinition entry, CondensationRule rule)
    {
        var standard = new RollingOptions().Price;
        var price = entry.InputCostPerMillion is > 0 and var full
            ? new PromptCachePrice(
                entry.CacheReadCostPerMillion is { } read ? (double)(read / full) : standard.Read,
                entry.CacheWriteCostPerMillion is { } write ? (double)(write / full) : standard.Write)
            : standard;
        return new RollingOptions { Price = price, ExpectedTurns = Options.ExpectedTurns, SoftBudget = rule.MaxTokens > 0 ? rule.MaxTokens : null };
    }

    private static CondensationStrategy StrategyOf(string name) => StrategyNames.Find(name) ?? CondensationStrategy.Hybrid;
}

/// <summary>How conversations of a model are condensed.</summary>
/// <param name="IsAutomatic">Whether without being asked to.</param>
/// <param name="Strategy">How, where the request does not say.</param>
/// <param name="IsRolling">Whether the beginning stays the same from turn to turn.</param>
/// <param name="MaxTokens">Tokens above which; 0: what the model's context takes.</param>
internal sealed record CondensationRule(bool IsAutomatic, CondensationStrategy Strategy, bool IsRolling, int MaxTokens);
