using System.Collections.Immutable;

namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for <c>Condensation</c>.</summary>
internal static class CondensationRules
{
    private const int LongestPhrase = 64;

    private static readonly ImmutableArray<string> Strategies = ["hybrid", "structural", "temporal", "semantic"];

    /// <summary>Everything that is wrong.</summary>
    public static IEnumerable<ConfigurationFault> Check(ProxyClusterOptions options, ConfigurationContext context)
    {
        foreach (var (path, value, cure) in Check(options))
        {
            yield return new(path, value, cure) { Origin = context.Origin(path) };
        }
    }

    private static IEnumerable<(string Path, string? Value, string Cure)> Check(ProxyClusterOptions options)
    {
        var condensation = options.Condensation;
        if (condensation.SummaryModel is { } model && string.IsNullOrWhiteSpace(model))
        {
            yield return ("Condensation:SummaryModel", model, "It must be the name of a model or an alias. Leave it out where no model is to summarise.");
        }

        foreach (var (language, words) in condensation.Words)
        {
            foreach (var word in AllOf(words).Where(static word => string.IsNullOrWhiteSpace(word) || word.Any(char.IsWhiteSpace)))
            {
                yield return ($"Condensation:Words:{language}", word, "It must be one word, without blanks.");
            }
        }

        foreach (var (language, words) in condensation.Words)
        {
            foreach (var phrase in words.Lasting.Where(static phrase => string.IsNullOrWhiteSpace(phrase) || phrase.Length > LongestPhrase))
            {
                yield return ($"Condensation:Words:{language}:Lasting", phrase, $"It must be a word or a phrase of at most {LongestPhrase} characters.");
            }

            foreach (var name in words.Topics.Keys.Where(static name => string.IsNullOrWhiteSpace(name) || name.Length > LongestPhrase || name.Any(char.IsControl)))
            {
                yield return ($"Condensation:Words:{language}:Topics:{name}", name, $"It must be a topic's name of at most {LongestPhrase} characters, without line breaks.");
            }
        }

        foreach (var (name, own) in condensation.Models)
        {
            if (string.IsNullOrWhiteSpace(name) || name.Contains('*', StringComparison.Ordinal))
            {
                yield return ($"Condensation:Models:{name}", name, "It must be a model's or an alias's name, without '*'.");
            }

            if (own.Strategy is { } strategy && !Strategies.Contains(strategy))
            {
                yield return ($"Condensation:Models:{name}:Strategy", strategy, UnknownStrategy(strategy));
            }
        }
    }

    private static IEnumerable<string> AllOf(CondensationWordOptions words) =>
        [.. words.Importance, .. words.KeyPoints, .. words.Topics.Values.SelectMany(static topic => topic.Words), .. words.Times, .. words.Numbers, .. words.Decisions, .. words.Asks, .. words.Rules, .. words.Corrections, .. words.Denials, .. words.Stop];

    private static string UnknownStrategy(string strategy) => NearestName.Of(strategy, Strategies) is { } nearest
        ? $"There is no such strategy. Write '{nearest}' if that is meant."
        : $"There is no such strategy. There are: {string.Join(", ", Strategies)}.";
}
