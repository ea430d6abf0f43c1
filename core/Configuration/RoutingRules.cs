using ProxyCluster.Core.Regions;
using ProxyCluster.Core.Routing.Strategies;

namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for <c>Routing</c>, <c>Regions</c>, and what providers weigh together.</summary>
internal static class RoutingRules
{
    /// <summary>Everything that is wrong.</summary>
    public static IEnumerable<ConfigurationFault> Check(ProxyClusterOptions options, ConfigurationContext context) =>
        Strategy("Routing:Strategy", options.Routing.Strategy, context)
            .Concat(Weights(options))
            .Concat(Regions(options))
            .Select(fault => fault with { Origin = context.Origin(fault.Path) });

    /// <summary>What is wrong with a strategy's name.</summary>
    public static IEnumerable<ConfigurationFault> Strategy(string path, string name, ConfigurationContext context)
    {
        // One that an extension adds which could not be loaded is told of there.
        if (BuiltInStrategies.Find(name) is not null || context.AddedStrategies.Contains(name) || (!context.KnowsAllTypes && name.Length > 0))
        {
            yield break;
        }

        string[] known = [.. BuiltInStrategies.All.Select(strategy => strategy.Name), .. context.AddedStrategies];
        yield return new(path, name, NearestName.Of(name, known) is { } nearest
            ? $"There is no strategy of this name. Write '{nearest}' if that is meant."
            : $"There is no strategy of this name. There are: {string.Join(", ", known)}.");
    }

    private static IEnumerable<ConfigurationFault> Weights(ProxyClusterOptions options)
    {
        var weights = options.Routing.Weights;
        if (weights.Performance + weights.Cost + weights.Reliability + weights.Load <= 0)
        {
            yield return new("Routing:Weights", null, "All weights are 0, so that every provider scores the same. Make one of them positive.");
        }

        if (options.Providers.Count > 0 && options.Providers.All(provider => provider.Weight <= 0))
        {
            yield return new("Providers", null, "Every provider has the weight 0, so that there is nothing to share the traffic by. Make one of them positive, or leave Weight out.");
        }
    }

    private static IEnumerable<ConfigurationFault> Regions(ProxyClusterOptions options)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Regions.Count; i++)
        {
            var region = options.Regions[i];
            if (string.IsNullOrWhiteSpace(region.Name) || !names.Add(region.Name))
            {
                yield return new($"Regions[{i}]:Name", region.Name, "It must be a name that no other region has.");
            }

            if (!GeoPoint.TryParse(region.Location, out _))
            {
                yield return new($"Regions[{i}]:Location", region.Location, "It must be latitude,longitude in degrees, for example \"38.9,-77.4\".");
            }
        }
    }
}
