using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>
/// Keeps <see cref="Current"/> as the cluster has it: from disk or from the own file at first, then by long polls to the
/// relay of the silo that this gateway is connected to. When the cluster is silent, or the relay hears nothing of it, the
/// last snapshot stays in force, and says that it is stale.
/// </summary>
internal sealed partial class RoutingFeed(
    IGrainFactory grains,
    GatewayIdentity identity,
    IOptionsMonitor<ProxyClusterOptions> options,
    RoutingFeedSetup setup,
    SnapshotFile disk,
    RoutingMetrics metrics,
    LateFault lateFault,
    TimeProvider clock,
    ILogger<RoutingFeed> logger) : IRoutingSnapshotSource, IHostedService, IDisposable
{
    /// <summary>Silence after which a snapshot is called stale.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstContact = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollDeadline = RoutingTable.LongestWait + TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PublishDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PublishPeriod = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DiskDelay = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _replacing = new();
    private RoutingSnapshot _current = RoutingSnapshot.Empty;
    private TaskCompletionSource _fileChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDisposable? _changes;
    private Task _loops = Task.CompletedTask;
    private Task _diskWrite = Task.CompletedTask;
    private SnapshotVersion _onDisk;
    private FilePublicationResult _told;
    private long _lastHeard;
    private bool _silent;
    private bool _published;

    /// <inheritdoc/>
    public RoutingSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Completes when there is something to route by.</summary>
    public Task WhenReady => _ready.Task;

    private IRoutingTableGrain Table => grains.GetGrain<IRoutingTableGrain>(RoutingTable.Key);

    private IRoutingRelayGrain Relay => grains.GetGrain<IRoutingRelayGrain>(RoutingRelay.Key);

    private TimeSpan Silence => clock.GetElapsedTime(Volatile.Read(ref _lastHeard));

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _lastHeard = clock.GetTimestamp();
        metrics.ShowSnapshotAge(() => Silence.TotalSeconds);
        Boot();
        _changes = options.OnChange((_, _) => OnConfigurationChanged());

        // With a cluster at hand the first request already finds what the cluster knows, and a clash stops the start.
        await TryFirstContactAsync(cancellationToken);
        _ready.TrySetResult();
        _loops = Task.WhenAll(
            Task.Run(() => PollAsync(_stopping.Token), CancellationToken.None),
            Task.Run(() => PublishAsync(_stopping.Token), CancellationToken.None));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _changes?.Dispose();
        await _stopping.CancelAsync();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _diskWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        WriteToDisk();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes?.Dispose();
        _stopping.Dispose();
    }

    private void Boot()
    {
        var own = OwnFile();
        var stored = disk.Read();
        if (stored is null)
        {
            Replace(new RoutingDefinitions(SnapshotVersion.None, own.Providers, own.Aliases), isStale: false);
            return;
        }

        _onDisk = stored.Version;
        if (own.IsWholeCluster)
        {
            // Nobody else has a file: this one counts as it is now, and the disk adds what the API has made.
            var made = stored.Providers.Where(p => p.Source == DefinitionSource.Api && !own.Providers.Any(o => o.Name == p.Name));
            stored = new RoutingDefinitions(SnapshotVersion.None, [.. own.Providers, .. made], own.Aliases);
        }

        Replace(stored, isStale: true);
    }

    private async Task TryFirstContactAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PublishOnceAsync(FirstContact, cancellationToken);
            Take(await Relay.PollAsync(Poll(TimeSpan.Zero)).AsTask().WaitAsync(FirstContact, clock, cancellationToken));
        }
        catch (Exception exception) when (exception is not StartFault && !cancellationToken.IsCancellationRequested)
        {
            NoteSilence(exception.Message);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // Not before the own file was heard: a new cluster would answer that there is nothing to route by.
                if (Volatile.Read(ref _published))
                {
                    Take(await Relay.PollAsync(Poll(RoutingTable.LongestWait)).AsTask().WaitAsync(PollDeadline, clock, cancellationToken));
                    continue;
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                NoteSilence(exception.Message);
            }

            NoteAge();
            await Task.Delay(Backoff, clock, cancellationToken);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = PublishPeriod;
            var changed = Volatile.Read(ref _fileChanged);
            try
            {
                await PublishOnceAsync(PublishDeadline, cancellationToken);
            }
            catch (StartFault fault)
            {
                // The cluster was away when this process started; the operator has to choose another name.
                lateFault.Stop(fault);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                NoteSilence(exception.Message);
                NoteAge();
                pause = Backoff;
            }

            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(changed.Task, Task.Delay(pause, clock, woken.Token));
            await woken.CancelAsync();
        }
    }

    private async Task PublishOnceAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var answer = await Table.PublishFileAsync(OwnFile()).AsTask().WaitAsync(deadline, clock, cancellationToken);
        var isFirst = !Volatile.Read(ref _published);
        switch (answer.Result)
        {
            case FilePublicationResult.StoreUnavailable:
                throw new OrleansException("The routing table cannot store the definitions of this process's file.");
            case FilePublicationResult.NameClash when isFirst:
                throw new StartFault(
                    $"The configuration file names providers that were made through the admin API: {string.Join(", ", answer.Clashes)}. Rename them in the file, or delete them through the API.");
            case not FilePublicationResult.InForce when answer.Result != _told:
                LogNotInForce(logger, answer.Result, options.CurrentValue.ConfigGeneration, answer.GenerationInForce);
                break;
        }

        _told = answer.Result;
        Volatile.Write(ref _published, true);
    }

    private FileDefinitions OwnFile() =>
        DefinitionMapping.ToFile(options.CurrentValue, identity.Name, setup.IsEmbedded && options.CurrentValue.Cluster.Redis is null);

    private RoutingPoll Poll(TimeSpan wait)
    {
        var current = Current;
        return new RoutingPoll(identity.Id, identity.Name, current.Definitions.Version, current.Scores.Version, wait);
    }

    [LoggerMessage(RoutingEventIds.FileNotInForce, LogLevel.Warning, "This process's file is not in force ({Result}): its generation is {Generation}, in force is {InForce}")]
    private static partial void LogNotInForce(ILogger logger, FilePublicationResult result, long generation, long inForce);
}
