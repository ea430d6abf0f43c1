using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Models;

/// <summary>
/// Asks providers in the background what they serve: those with a pattern among their models, since names that are
/// written out need no asking. No request waits for it, and no start.
/// </summary>
internal sealed partial class ModelDiscovery(
    IRoutingSnapshotSource snapshots,
    UpstreamPool pool,
    DiscoveredModels discovered,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<ModelDiscovery> logger) : BackgroundService
{
    private const int AtOnce = 4;
    private const int LargestList = 8 * 1024 * 1024;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly ModelDefinition NoModel = new() { Id = "" };

    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);

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
        await Parallel.ForEachAsync(providers, parallel, async (provider, cancel) => await AskAsync(provider, cancel));
    }

    private async ValueTask AskAsync(ProviderDefinition provider, CancellationToken cancellationToken)
    {
        if (!pool.TryEnter(provider, out var client, out _))
        {
            return;
        }

        try
        {
            if (client.Keys.Fault is not null)
            {
                return;
            }

            using var limit = new CancellationTokenSource(Limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            using var message = client.Adapter.CreateModelList(client.TargetFor(NoModel, ""));
            using var response = await client.SendAsync(message, either.Token);
            response.EnsureSuccessStatusCode();
            await response.Content.LoadIntoBufferAsync(LargestList, either.Token);
            if (ModelListReader.Read(await response.Content.ReadAsByteArrayAsync(either.Token)) is { } names)
            {
                discovered.Set(provider.Name, new DiscoveredList(names, clock.GetUtcNow()));
                Note(provider.Name, null);
            }
            else
            {
                Note(provider.Name, "It is no list of models.");
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
        {
            Note(provider.Name, e is HttpRequestException { StatusCode: { } status } ? $"The answer was {(int)status}." : "It did not answer.");
        }
        finally
        {
            client.Exit();
        }
    }

    // Once when it begins, and once when it is over: a provider without such a list would else fill the log.
    private void Note(string provider, string? fault)
    {
        lock (_failing)
        {
            if (fault is null)
            {
                _failing.Remove(provider);
            }
            else if (_failing.Add(provider))
            {
                LogFailed(logger, provider, fault);
            }
        }
    }

    [LoggerMessage(EventId = 2311, Level = LogLevel.Information, Message = "The models of {Provider} could not be listed: {Fault} Its configured names are served all the same")]
    private static partial void LogFailed(ILogger logger, string provider, string fault);
}
