using System.Collections.Frozen;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What the configuration in force says of condensation.</summary>
internal sealed class CondensationPolicy
{
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
        IsEverAutomatic = options.Automatic || _models.Values.Any(static model => model.IsAutomatic);
    }

    /// <summary>As configured.</summary>
    public CondensationOptions Options { get; }

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

    private static CondensationStrategy StrategyOf(string name) => StrategyNames.Find(name) ?? CondensationStrategy.Hybrid;
}

/// <summary>How conversations of a model are condensed.</summary>
/// <param name="IsAutomatic">Whether without being asked to.</param>
/// <param name="Strategy">How, where the request does not say.</param>
/// <param name="IsRolling">Whether the beginning stays the same from turn to turn.</param>
/// <param name="MaxTokens">Tokens above which; 0: what the model's context takes.</param>
internal sealed record CondensationRule(bool IsAutomatic, CondensationStrategy Strategy, bool IsRolling, int MaxTokens);
