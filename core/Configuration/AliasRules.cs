namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for <c>Aliases</c>.</summary>
internal sealed class AliasRules
{
    private readonly List<ConfigurationFault> _faults = [];
    private readonly ProxyClusterOptions _options;
    private readonly ConfigurationContext _context;

    private AliasRules(ProxyClusterOptions options, ConfigurationContext context)
    {
        _options = options;
        _context = context;
    }

    /// <summary>Everything that is wrong.</summary>
    public static IReadOnlyList<ConfigurationFault> Check(ProxyClusterOptions options, ConfigurationContext context)
    {
        var rules = new AliasRules(options, context);
        foreach (var (name, alias) in options.Aliases)
        {
            rules.CheckAlias(name, alias, $"Aliases:{name}");
        }

        return [.. rules._faults.Select(fault => fault with { Origin = context.Origin(fault.Path) })];
    }

    private void CheckAlias(string name, AliasOptions alias, string path)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('*', StringComparison.Ordinal))
        {
            Fault(path, name, "An alias needs a name without '*'.");
        }

        if (alias.Strategy is { } strategy)
        {
            _faults.AddRange(RoutingRules.Strategy($"{path}:Strategy", strategy, _context));
        }

        if (alias.Models.Count == 0)
        {
            Fault($"{path}:Models", null, "Name the models it stands for, for example [\"openai/gpt-4o\"].");
        }

        for (var i = 0; i < alias.Models.Count; i++)
        {
            CheckModel(name, alias.Models[i], $"{path}:Models[{i}]");
        }

        foreach (var (kind, targets) in ListsOf(alias.Fallbacks))
        {
            for (var i = 0; i < targets.Count; i++)
            {
                CheckFallback(name, targets[i], $"{path}:Fallbacks:{kind}[{i}]");
            }
        }
    }

    private void CheckModel(string alias, string target, string path)
    {
        if (target == alias)
        {
            Fault(path, target, "An alias cannot stand for itself.");
        }
        else if (_options.Aliases.ContainsKey(target))
        {
            Fault(path, target, "An alias cannot stand for another alias. Name its models.");
        }
        else
        {
            CheckServed(target, path);
        }
    }

    private void CheckFallback(string alias, string target, string path)
    {
        if (!_options.Aliases.ContainsKey(target))
        {
            CheckServed(target, path);
        }
        else if (target == alias || Reaches(target, alias, []))
        {
            Fault(path, target, $"The way from '{target}' leads back to '{alias}': it would be asked again and again. Name a model, or an alias that does not fall back on this one.");
        }
    }

    private bool Reaches(string from, string alias, HashSet<string> seen) =>
        seen.Add(from)
        && _options.Aliases.TryGetValue(from, out var options)
        && ListsOf(options.Fallbacks).SelectMany(list => list.Targets).Any(target => target == alias || Reaches(target, alias, seen));

    private void CheckServed(string target, string path)
    {
        // Without providers in the file they come from the API, and which there are is not known here.
        if (_options.Providers.Count == 0 || _options.Providers.Any(provider => Serves(provider, target)))
        {
            return;
        }

        var names = _options.Providers.SelectMany(provider => provider.Models.Select(model => $"{provider.Name}/{model.Id}"));
        var nearest = NearestName.Of(target, names);
        Fault(path, target, nearest is null
            ? "No provider of this file serves it. Add the model to a provider, or name one that is there."
            : $"No provider of this file serves it. Write '{nearest}' if that is meant.");
    }

    private static IEnumerable<(string Kind, IList<string> Targets)> ListsOf(AliasFallbackOptions fallbacks) =>
    [
        (nameof(fallbacks.ContextTooLong), fallbacks.ContextTooLong),
        (nameof(fallbacks.ContentFilter), fallbacks.ContentFilter),
        (nameof(fallbacks.RateLimited), fallbacks.RateLimited),
        (nameof(fallbacks.Any), fallbacks.Any),
    ];

    private static bool Serves(ProviderOptions provider, string target)
    {
        var own = target.StartsWith(provider.Name + "/", StringComparison.Ordinal) ? target[(provider.Name.Length + 1)..] : null;
        return provider.Models.Count == 0 || provider.Models.Any(model => Matches(model.Id, target) || (own is not null && Matches(model.Id, own)));
    }

    private static bool Matches(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;

    private void Fault(string path, string? value, string cure) => _faults.Add(new(path, value, cure));
}
