using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.Grains.Routing;

/// <summary>
/// One long poll to the routing table for all the gateways of this silo. While it serves any, it follows the table; when
/// the table is silent it goes on serving what it has, and tells its age.
/// </summary>
/// <remarks>One worker a silo, and calls interleave: <see cref="RelayedTable"/> decides, nothing here waits for its turn.</remarks>
[GrainType("pc.routing-relay"), StatelessWorker(1)]
internal sealed partial class RoutingRelayGrain(
    IGrainContext context,
    IGrainFactory grains,
    ISiloStatusOracle silos,
    RelayMetrics metrics,
    TimeProvider clock,
    ILogger<RoutingRelayGrain> logger) : IGrainBase, IRoutingRelayGrain, IDisposable
{
    private static readonly TimeSpan Deadline = RoutingTable.LongestWait + TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stopping = new();
    private readonly GatewayRegistry _gateways = new();
    private readonly RelayedTable _known = new();
    private TaskCompletionSource _changed = NewSignal();
    private Task _following = Task.CompletedTask;
    private Task _asking = Task.CompletedTask;
    private Task? _askingNext;
    private long _heardAt;
    private bool _isSilent;

    IGrainContext IGrainBase.GrainContext => context;

    // A silo that stops sends nothing any more, and says so with an error for each attempt.
    private bool IsEnding => _stopping.IsCancellationRequested || silos.CurrentStatus.IsTerminating();

    private IRoutingTableGrain Table => grains.GetGrain<IRoutingTableGrain>(RoutingTable.Key);

    /// <inheritdoc/>
    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        metrics.Serves(0);
    }

    /// <inheritdoc/>
    public async ValueTask<RoutingUpdate> PollAsync(RoutingPoll poll)
    {
        Note(poll);
        var wait = TimeSpan.FromTicks(Math.Clamp(poll.Wait.Ticks, 0, RoutingTable.LongestWait.Ticks));
        if (wait == TimeSpan.Zero || _following.IsCompleted || _known.Decide(poll.Definitions, poll.Scores) == RelayDecision.AskFirst)
        {
            // That includes what nobody has followed for a while: it may be older than all that waits for it.
            await AskNowAsync();
        }

        if (_following.IsCompleted)
        {
            _following = FollowAsync();
        }

        if (wait > TimeSpan.Zero && _known.Decide(poll.Definitions, poll.Scores) == RelayDecision.Wait)
        {
            using var answered = new CancellationTokenSource();
            await Task.WhenAny(_changed.Task, Task.Delay(wait, clock, answered.Token));
            await answered.CancelAsync();
        }

        metrics.Answered();
        var gateways = Note(poll);
        return new RoutingUpdate(
            poll.Definitions == _known.Definitions.Version ? null : _known.Definitions,
            poll.Scores == _known.Scores.Version ? null : _known.Scores,
            Math.Max(_known.ActiveGateways, gateways))
        {
            Age = clock.GetElapsedTime(_heardAt),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int Note(in RoutingPoll poll)
    {
        var now = clock.GetUtcNow();
        _gateways.Note(new GatewayPoll(poll.Gateway, poll.GatewayName, poll.Definitions, now), now);
        var active = _gateways.Active(now);
        metrics.Serves(active);
        return active;
    }

    private async Task FollowAsync()
    {
        while (!IsEnding && _gateways.Active(clock.GetUtcNow()) > 0)
        {
            try
            {
                await AskAsync(RoutingTable.LongestWait);
            }
            catch (Exception exception)
            {
                if (IsEnding)
                {
                    return;
                }

                // Whatever it was, the loop must outlive it: gateways that wait here see no other.
                NoteSilence(exception);
                await Task.Delay(Rest, clock);
            }
        }

        metrics.Serves(0);
    }

    // A question under way may have been answered before the change that the caller knows of: it waits for the next one,
    // and all that come meanwhile share it.
    private Task AskNowAsync()
    {
        if (_askingNext is { } next)
        {
            return next;
        }

        return _asking.IsCompleted ? _asking = AskAsync(TimeSpan.Zero) : _askingNext = AskAfterAsync(_asking);
    }

    private async Task AskAfterAsync(Task underWay)
    {
        await underWay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _askingNext = null;
        _asking = AskAsync(TimeSpan.Zero);
        await _asking;
    }

    private async Task AskAsync(TimeSpan wait)
    {
        metrics.Asked();
        var now = clock.GetUtcNow();
        var poll = new RelayPoll(
            [.. _gateways.Live(now).Select(g => new RelayedGateway(g.Gateway, g.Name, g.Definitions, now - g.LastPoll))],
            _known.Definitions.Version,
            _known.Scores.Version,
            wait);
        var update = await Table.RelayAsync(poll).AsTask().WaitAsync(Deadline, clock, _stopping.Token);
        _heardAt = clock.GetTimestamp();
        if (_isSilent)
        {
            _isSilent = false;
            LogHeard(logger);
        }

        if (_known.Take(update.Definitions, update.Scores, update.ActiveGateways))
        {
            var waiting = _changed;
            _changed = NewSignal();
            waiting.SetResult();
        }
    }

    private void NoteSilence(Exception exception)
    {
        if (!_isSilent)
        {
            _isSilent = true;
            LogSilent(logger, exception.Message);
        }
    }

    [LoggerMessage(RoutingEventIds.RelaySilent, LogLevel.Warning, "The routing table does not answer; this silo's gateways are served what was last heard ({Reason})")]
    private static partial void LogSilent(ILogger logger, string reason);

    [LoggerMessage(RoutingEventIds.RelayHeard, LogLevel.Information, "The routing table answers again")]
    private static partial void LogHeard(ILogger logger);
}
