using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Models;

/// <summary>
/// Asks providers in the background what they serve: those with a pattern among their models, since names that are
/// written out need no asking. No request waits for it, and no start.
/// </summary>
internal sealed class ModelDiscovery(
    IRoutingSnapshotSource snapshots,
    ModelLists lists,
    DiscoveredModels discovered,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock) : BackgroundService
{
    private const int AtOnce = 4;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        RoutingDefinitions? asked = null;
        var next = DateTimeOffset.MinValue;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var definitions = snapshots.Current.Definitions;
            var period = TimeSpan.FromMinutes(options.CurrentValue.Routing.DiscoveryMinutes);
            if (period == TimeSpan.Zero || (ReferenceEquals(asked, definitions) && clock.GetUtcNow() < next))
            {
                continue;
            }

            await DiscoverAsync(definitions, stoppingToken);
            asked = definitions;
            next = clock.GetUtcNow() + period;
        }
    }

    /// <summary>Whether a provider is asked.</summary>
    internal static bool IsAsked(ProviderDefinition provider) =>
        provider is { Enabled: true, Draining: false, Simulator: null } && provider.Models.Any(static model => model.IsPattern);

    /// <summary>Asks all providers once.</summary>
    internal async Task DiscoverAsync(RoutingDefinitions definitions, CancellationToken cancellationToken)
    {
        var providers = definitions.Providers.Where(IsAsked).ToArray();
        discovered.Keep(providers.Select(static provider => provider.Name).ToHashSet(StringComparer.Ordinal));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(providers, parallel, async (provider, cancel) => await lists.AskAsync(provider, cancel));
    }
}
