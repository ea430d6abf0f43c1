using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Looks at this process's memory each second and, where the limit is adaptive, at how long its own steps wait to be run.</summary>
internal sealed partial class OverloadWatch(
    IOptionsMonitor<ProxyClusterOptions> options, AdmissionGate gate, MemoryUse memory, TimeProvider clock, ILogger<OverloadWatch> logger) : BackgroundService
{
    private const int TicksToMemory = 50;
    private const int ChecksBetweenCollections = 10;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(1);

    private GradientLimit? _gradient;
    private (int Least, int Most) _bounds;
    private int _checksUntilCollection;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(QuietPeriod, clock);
        for (var tick = 0; await timer.WaitForNextTickAsync(stoppingToken); tick = (tick + 1) % TicksToMemory)
        {
            var overload = options.CurrentValue.Overload;
            timer.Period = overload.Adaptive ? Period : QuietPeriod;
            if (!overload.Adaptive || tick == 0)
            {
                WatchMemory(overload);
            }

            await AdaptAsync(overload);
        }
    }

    private async Task AdaptAsync(OverloadOptions overload)
    {
        if (!overload.Adaptive)
        {
            if (_gradient is not null)
            {
                _gradient = null;
                gate.Limit = overload.MaxInFlight;
            }

            return;
        }

        var bounds = (Math.Min(overload.AdaptiveLeast, overload.MaxInFlight), overload.MaxInFlight);
        if (_gradient is null || bounds != _bounds)
        {
            _bounds = bounds;
            _gradient = new GradientLimit(bounds.Item1, bounds.Item2);
        }

        // A step of a request waits as long as this one does.
        var queued = clock.GetTimestamp();
        await Task.Yield();
        _gradient.Add(clock.GetElapsedTime(queued), gate.InFlight);
        gate.Limit = _gradient.Limit;
    }

    /// <summary>Looks at the memory once.</summary>
    internal void WatchMemory(OverloadOptions overload)
    {
        var isFull = IsFull(overload);
        if (isFull && --_checksUntilCollection <= 0)
        {
            // What is used may be garbage that nobody had reason to collect: with nothing let in, nobody would.
            memory.Collect();
            _checksUntilCollection = ChecksBetweenCollections;
            isFull = IsFull(overload);
        }

        if (isFull != gate.IsOutOfMemory)
        {
            gate.IsOutOfMemory = isFull;
            LogMemory(logger, isFull, memory.UsedBytes, memory.AllowedBytes);
        }

        _checksUntilCollection = isFull ? _checksUntilCollection : 0;
    }

    private bool IsFull(OverloadOptions overload) =>
        overload.MemoryShare > 0 && memory.AllowedBytes is > 0 and var allowed && memory.UsedBytes > overload.MemoryShare * allowed;

    [LoggerMessage(EventId = ResilienceEventIds.MemoryFull, Level = LogLevel.Warning, Message = "Memory full: {IsFull} ({UsedBytes} of {AllowedBytes} bytes); while it is, only critical requests are taken")]
    private static partial void LogMemory(ILogger logger, bool isFull, long usedBytes, long allowedBytes);
}
