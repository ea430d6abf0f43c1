using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Secrets;

/// <summary>
/// While two KEKs are in force: finds stored secrets under the one before and has them stored under the current one. Any
/// gateway may do it, and several at once do no harm: the provider's grain takes the first.
/// </summary>
internal sealed partial class SecretRewrap(
    IGrainFactory grains,
    IRoutingSnapshotSource snapshots,
    KekSource keks,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<SecretRewrap> logger) : BackgroundService
{
    private const int NonceSize = 12;

    /// <summary>How often the definitions are looked through.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    /// <exception cref="StartFault">A KEK is configured and cannot be used.</exception>
    public override Task StartAsync(CancellationToken cancellationToken) =>
        options.CurrentValue.Secrets.Kek is not null && keks.Fault is { } fault
            ? throw new StartFault(fault)
            : base.StartAsync(cancellationToken);

    /// <summary>A provider's definition with its keys under the current KEK; <see langword="null"/>: they are, or it has none.</summary>
    /// <param name="definition">As stored.</param>
    /// <param name="ring">The KEKs in force.</param>
    public static ProviderDefinition? Rewrapped(ProviderDefinition definition, KeyRing ring)
    {
        var binding = ProviderKeyBinding.Of(definition);
        var key = definition.ApiKey is { } one ? Wrap(one) : null;
        var keys = definition.ApiKeys.Select(Wrap).ToArray();
        return key is null && keys.All(static other => other is null) ? null : definition with
        {
            ApiKey = key ?? definition.ApiKey,
            ApiKeys = [.. keys.Zip(definition.ApiKeys, static (wrapped, stored) => wrapped ?? stored)],
        };

        string? Wrap(string stored) => SecretEnvelope.Rewrap(stored, binding, ring, RandomNumberGenerator.GetBytes(NonceSize));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (keks.Ring is not { Previous: not null } ring)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var definition in snapshots.Current.Definitions.Providers)
            {
                if (definition.Source == DefinitionSource.Api && Rewrapped(definition, ring) is { } next)
                {
                    await StoreAsync(next, definition.Version, ring.Current.Id);
                }
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StoreAsync(ProviderDefinition next, long version, string kek)
    {
        try
        {
            var change = await grains.GetGrain<IProviderGrain>(next.Name).SetAsync(next, version);
            if (change.Result == DefinitionChangeResult.Stored)
            {
                LogRewrapped(logger, next.Name, kek);
            }
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            LogNotRewrapped(logger, next.Name, exception.Message);
        }
    }

    [LoggerMessage(3301, LogLevel.Information, "The keys of {Provider} are now sealed under the KEK {Kek}")]
    private static partial void LogRewrapped(ILogger logger, string provider, string kek);

    [LoggerMessage(3302, LogLevel.Warning, "The keys of {Provider} could not be sealed under the current KEK yet: {Reason}")]
    private static partial void LogNotRewrapped(ILogger logger, string provider, string reason);
}
