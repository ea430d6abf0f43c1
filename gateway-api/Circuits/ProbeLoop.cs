using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>
/// Follows the cluster's circuits, and asks for the probe of each that is half-open, so that no request has to. A permit
/// waits for the next request of a client; where none comes, it is used for a check. A gateway whose clients want the
/// provider asks at once, the others a moment later.
/// </summary>
internal sealed partial class ProbeLoop(
    IRoutingSnapshotSource snapshots,
    IGrainFactory grains,
    ProviderGuard guard,
    HealthChecker checker,
    CircuitMetrics metrics,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<ProbeLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a gateway without traffic lets the others go first.</summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(1);

    /// <summary>How long a request makes this gateway one with traffic.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(2);

    /// <summary>How long a permit waits for a request before a check takes it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Probing> _probings = new(StringComparer.Ordinal);
    private ScoreVector? _followed;
    private RoutingDefinitions? _named;
    private HashSet<string> _names = [];
    private Dictionary<string, CircuitState> _states = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.ShowStates(() => Volatile.Read(ref _states).Select(static one => (one.Key, one.Value)));
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Follow(snapshots.Current);
            foreach (var (name, probing) in _probings)
            {
                // Not awaited: a grain that does not answer keeps nobody else waiting. Each provider has one asker.
                if (probing.Asking.IsCompleted)
                {
                    probing.Asking = TendAsync(name, probing, stoppingToken);
                }
            }
        }
    }

    private void Follow(RoutingSnapshot snapshot)
    {
        if (!ReferenceEquals(_followed, snapshot.Scores))
        {
            _followed = snapshot.Scores;
            var states = new Dictionary<string, CircuitState>(StringComparer.Ordinal);
            foreach (var score in snapshot.Scores.Scores)
            {
                states[score.Provider] = score.Circuit;
            }

            Volatile.Write(ref _states, states);
            foreach (var (name, state) in states)
            {
                Follow(name, state);
            }
        }

        if (!ReferenceEquals(_named, snapshot.Definitions))
        {
            _named = snapshot.Definitions;
            _names = snapshot.Definitions.Providers.Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var name in _probings.Keys.Where(name => !_names.Contains(name)))
            {
                _probings.TryRemove(name, out _);
            }
        }

        guard.Look(_names);
    }

    private void Follow(string name, CircuitState state)
    {
        guard.Follow(name, state);
        if (state != CircuitState.HalfOpen)
        {
            _probings.TryRemove(name, out _);
        }
        else if (!_probings.ContainsKey(name))
        {
            _probings[name] = new Probing { MayAskFrom = clock.GetUtcNow() + Courtesy };
        }
    }

    private async Task TendAsync(string name, Probing probing, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var guarded = guard.Find(name);
        if (guarded.HasPermitAt(now))
        {
            if (now - probing.OfferedAt >= Patience && options.CurrentValue.Routing.Health.ActiveChecks)
            {
                await CheckAsync(name, guarded, now, cancellationToken);
            }

            return;
        }

        var isWanted = guarded.WantedAt > now - Recently;
        if (now >= probing.NextAsk && (isWanted || now >= probing.MayAskFrom))
        {
            await AskAsync(name, probing, cancellationToken);
        }
    }

    private async Task AskAsync(string name, Probing probing, CancellationToken cancellationToken)
    {
        try
        {
            var asked = clock.GetUtcNow();
            var permit = await grains.GetGrain<IProviderGrain>(name).TryProbeAsync(ProbeKind.HalfOpen).AsTask().WaitAsync(Deadline, clock, cancellationToken);
            if (permit.Number == 0)
            {
                probing.NextAsk = asked + (permit.Time < Repeat ? permit.Time : Repeat);
                return;
            }

            metrics.Permitted(name);
            guard.Offer(name, permit.Number, asked + permit.Time);
            probing.OfferedAt = asked;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            probing.NextAsk = clock.GetUtcNow() + Repeat;
            LogSilent(logger, name, exception.Message);
        }
    }

    // Unless a request is quicker.
    private async Task CheckAsync(string name, GuardedProvider guarded, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var definition = snapshots.Current.Definitions.Providers.FirstOrDefault(provider => provider.Name == name);
        var permit = guarded.TakePermit(now, out _);
        if (permit != 0 && definition is not null)
        {
            await checker.CheckAsync(definition, permit, cancellationToken);
        }
    }

    [LoggerMessage(CircuitEventIds.ProbeUnanswered, LogLevel.Debug, "The grain of {Provider} was asked for a probe and did not answer: {Reason}")]
    private static partial void LogSilent(ILogger logger, string provider, string reason);

    /// <summary>How far this gateway is with a half-open circuit.</summary>
    private sealed class Probing
    {
        public required DateTimeOffset MayAskFrom { get; init; }

        public DateTimeOffset NextAsk { get; set; }

        /// <summary>When a permit was last put out for requests.</summary>
        public DateTimeOffset OfferedAt { get; set; }

        public Task Asking { get; set; } = Task.CompletedTask;
    }
}
