using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Follows the key directory, one long-poll a shard, and keeps what it has learnt on disk. Sleeps while authentication is
/// open.
/// </summary>
internal sealed partial class KeyFeed(
    IGrainFactory grains,
    KeyTable table,
    KeySnapshotStore snapshots,
    PepperSource pepper,
    GatewayIdentity identity,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<KeyFeed> logger) : BackgroundService
{
    private static readonly TimeSpan CallDeadline = KeyDirectory.LongestWait + TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(5);

    private int _silentShards;
    private volatile bool _isFollowing;

    /// <summary>Reads what was kept on disk, so that the gateway works before the cluster answers.</summary>
    /// <exception cref="PepperException">Keys are asked for, and there is nothing to hash them with.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsOpen(options.CurrentValue))
        {
            _ = pepper.Value;
            snapshots.Load();
        }

        return base.StartAsync(cancellationToken);
    }

    /// <summary>Ends the polls, and tells the directory that nobody is to wait for this gateway any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_isFollowing)
        {
            await Task.WhenAll(Enumerable.Range(0, KeyDirectory.Shards).Select(LeaveAsync));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WaitUntilAskedForAsync(stoppingToken);
        _isFollowing = true;
        var loops = new List<Task> { snapshots.KeepAsync(stoppingToken) };
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            loops.Add(FollowAsync(shard, stoppingToken));
        }

        await Task.WhenAll(loops);
    }

    private static bool IsOpen(ProxyClusterOptions options) =>
        AuthenticationDecision.Of(options.Auth, options.Listen).Mode == AuthenticationMode.Open;

    private async Task WaitUntilAskedForAsync(CancellationToken stoppingToken)
    {
        var askedFor = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = options.OnChange((changed, _) => Look(changed));
        Look(options.CurrentValue);
        await askedFor.Task.WaitAsync(stoppingToken);

        void Look(ProxyClusterOptions current)
        {
            if (!IsOpen(current))
            {
                askedFor.TrySetResult();
            }
        }
    }

    private async Task FollowAsync(int shard, CancellationToken stoppingToken)
    {
        var rest = TimeSpan.Zero;
        await RestAsync(Stagger * shard, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Asked for each time: a gateway that has not joined its cluster yet gets no grain at all.
                var grain = grains.GetGrain<IKeyDirectoryGrain>(shard);
                var poll = new KeyFeedPoll(identity.Id, identity.Name, table.CursorOf(shard), KeyDirectory.LongestWait);
                var page = await grain.FollowAsync(poll).AsTask().WaitAsync(CallDeadline, clock, stoppingToken);
                if (table.Apply(shard, page))
                {
                    snapshots.Changed();
                }

                Answered(ref rest);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it was, the loop must outlive it: without the feed a revoked key would go on working.
                Failed(ref rest, exception);
                await RestAsync(rest * (0.5 + (0.5 * Spread(shard))), stoppingToken);
            }
        }
    }

    private async Task LeaveAsync(int shard)
    {
        try
        {
            await grains.GetGrain<IKeyDirectoryGrain>(shard).LeaveAsync(identity.Id).AsTask().WaitAsync(Farewell, clock);
        }
        catch (Exception exception)
        {
            // The shard forgets this gateway by itself, later.
            LogNotLeft(logger, exception, shard);
        }
    }

    // So that the shards of one gateway do not come back all at once.
    private static double Spread(int shard) => (double)shard / KeyDirectory.Shards;

    private async Task RestAsync(TimeSpan rest, CancellationToken stoppingToken) =>
        await Task.Delay(rest, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Answered(ref TimeSpan rest)
    {
        if (rest > TimeSpan.Zero && Interlocked.Decrement(ref _silentShards) == 0)
        {
            LogBack(logger);
        }

        rest = TimeSpan.Zero;
    }

    private void Failed(ref TimeSpan rest, Exception exception)
    {
        if (rest == TimeSpan.Zero)
        {
            if (Interlocked.Increment(ref _silentShards) == 1)
            {
                LogSilent(logger, exception.GetType().Name, exception.Message, options.CurrentValue.Auth.MaxStaleSeconds);
            }

            rest = FirstRest;
            return;
        }

        rest = rest * 2 < LongestRest ? rest * 2 : LongestRest;
    }

    [LoggerMessage(3111, LogLevel.Warning, "The key directory does not answer ({Kind}: {Reason}): keys known so far are trusted for {Seconds} s")]
    private static partial void LogSilent(ILogger logger, string kind, string reason, int seconds);

    [LoggerMessage(3113, LogLevel.Debug, "Shard {Shard} of the key directory was not told that this gateway ends")]
    private static partial void LogNotLeft(ILogger logger, Exception exception, int shard);

    [LoggerMessage(3112, LogLevel.Information, "The key directory answers again")]
    private static partial void LogBack(ILogger logger);
}
