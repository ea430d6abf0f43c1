using System.Collections.Concurrent;
using System.Collections.Frozen;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using ProxyCluster.GatewayApi.Extensions;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Every strategy of this process, by name: the product's own, and those of extensions.</summary>
internal sealed partial class StrategyCatalogue
{
    private readonly FrozenDictionary<string, IRoutingStrategy> _byName;
    private readonly ConcurrentDictionary<string, bool> _missing = new(StringComparer.Ordinal);
    private readonly ILogger<StrategyCatalogue> _logger;

    public StrategyCatalogue(LoadedExtensions extensions, RoutingMetrics metrics, TimeProvider clock, ILogger<OwnStrategy> faults, ILogger<StrategyCatalogue> logger)
    {
        _logger = logger;
        _byName = BuiltInStrategies.All
            .Concat(extensions.Strategies.Select(added => new OwnStrategy(added.Name, added.Strategy, metrics, clock, faults)))
            .ToFrozenDictionary(static strategy => strategy.Name, StringComparer.Ordinal);
    }

    /// <summary>All names, sorted.</summary>
    public IEnumerable<string> Names => _byName.Keys.Order(StringComparer.Ordinal);

    /// <summary>The strategy of a name that a request gives; <see langword="null"/>: there is none.</summary>
    public IRoutingStrategy? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// The strategy of a name that configuration gives. One of an extension that this process does not have, and another
    /// process of the cluster has, is said once: requests then go by <see cref="IntelligentStrategy"/>.
    /// </summary>
    public IRoutingStrategy Get(string name)
    {
        if (_byName.TryGetValue(name, out var strategy))
        {
            return strategy;
        }

        if (_missing.TryAdd(name, true))
        {
            LogMissing(_logger, name);
        }

        return IntelligentStrategy.Instance;
    }

    [LoggerMessage(RoutingEventIds.StrategyMissing, LogLevel.Warning, "The routing strategy {Strategy} is not known to this process, and requests go by 'intelligent' instead: load the extension that adds it here too")]
    private static partial void LogMissing(ILogger logger, string strategy);
}
