using ProxyCluster.Extensions.Routing;

namespace ProxyCluster.Extensions;

public sealed partial class GatewayExtensions
{
    private readonly List<AddedStrategy> _strategies = [];

    internal IReadOnlyList<AddedStrategy> Strategies => _strategies;

    /// <summary>Makes a strategy available: by <c>Routing:Strategy</c>, an alias's <c>Strategy</c>, or the header <c>x-proxy-strategy</c>.</summary>
    /// <param name="name">Its name, as <see cref="AddProvider"/> takes it, and none of the gateway's own strategies.</param>
    /// <param name="strategy">Chooses, for all requests.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no such name.</exception>
    public void AddRoutingStrategy(string name, RoutingStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(strategy);
        if (!TypeName().IsMatch(name))
        {
            throw new ArgumentException($"'{name}' is no name for a routing strategy: it must have 1 to 64 lower-case letters, digits, '-', '_' or '.'.", nameof(name));
        }

        _strategies.Add(new AddedStrategy(name, strategy));
    }
}
