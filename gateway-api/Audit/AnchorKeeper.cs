using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>
/// Tells outside of the store, every five minutes, how far the region's audit logs are: to a file on another volume, to an
/// address, and to this process's own log, which collectors carry away.
/// </summary>
internal sealed partial class AnchorKeeper(
    IGrainFactory grains,
    AnchorPlaces places,
    SecurityEventMetrics metrics,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<AnchorKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _anchored = new(StringComparer.Ordinal);

    /// <summary>Anchors both logs, as far as there is something new.</summary>
    internal async Task AnchorAsync(CancellationToken cancellationToken)
    {
        var current = options.CurrentValue;
        foreach (var name in AuditLogs.Names)
        {
            await AnchorAsync(AuditLogs.Of(current.Region, name), current.Audit.Anchors, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(options.CurrentValue.Audit.Anchors.PeriodSeconds), clock, stoppingToken);
            await AnchorAsync(stoppingToken);
        }
    }

    private async Task AnchorAsync(string log, AnchorOptions settings, CancellationToken cancellationToken)
    {
        try
        {
            var extent = await grains.GetGrain<IAuditGrain>(log).ExtentAsync().AsTask().WaitAsync(Deadline, clock, cancellationToken);
            if (extent.Tail.Seq == _anchored.GetValueOrDefault(log))
            {
                return;
            }

            var anchor = places.Sign(new(log, extent.Tail.Seq, extent.Tail.Hash, clock.GetUtcNow()), settings);
            LogAnchor(logger, anchor.Write());
            metrics.Anchored("log", isDone: true);
            if (await PutAsync("file", () => places.Append(anchor, settings)) & await PutAsync("url", () => places.SendAsync(anchor, settings, cancellationToken)))
            {
                _anchored[log] = extent.Tail.Seq;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, log, exception.Message);
        }
    }

    // One place that fails must not keep the anchor from the other; what failed is tried again with the next.
    private async Task<bool> PutAsync(string place, Func<Task<bool>> put)
    {
        try
        {
            if (await put())
            {
                metrics.Anchored(place, isDone: true);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or HttpRequestException or TimeoutException or OperationCanceledException or System.Security.Cryptography.CryptographicException)
        {
            metrics.Anchored(place, isDone: false);
            LogFailed(logger, place, exception.Message);
            return false;
        }
    }

    [LoggerMessage(3331, LogLevel.Information, "Audit anchor {Anchor}")]
    private static partial void LogAnchor(ILogger logger, string anchor);

    [LoggerMessage(3332, LogLevel.Error, "An audit anchor could not be made or put ({Place}): {Reason}")]
    private static partial void LogFailed(ILogger logger, string place, string reason);
}
