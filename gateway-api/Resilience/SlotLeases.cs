using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>
/// Holds this gateway to its share of each provider's slots. Shares are leased from the providers' grains and renewed in the
/// background; a request waits for a grain only where its gateway's share is empty, and at most 250 ms.
/// </summary>
internal sealed partial class SlotLeases(
    IGrainFactory grains,
    IRoutingSnapshotSource snapshots,
    GatewayIdentity identity,
    IOptionsMonitor<ProxyClusterOptions> options,
    ResilienceMetrics metrics,
    TimeProvider clock,
    ILogger<SlotLeases> logger)
{
    private static readonly TimeSpan GrainDeadline = TimeSpan.FromMilliseconds(250);

    // The call under way may have been sent before a request began to wait: the next one speaks for it.
    private const int CallsForWaiting = 2;

    private readonly ConcurrentDictionary<string, ProviderGate> _gates = new(StringComparer.Ordinal);
    private Func<ProviderGate, Task>? _call;

    private Func<ProviderGate, Task> Call => _call ??= CallAsync;

    /// <summary>The gate of a provider.</summary>
    public ProviderGate Of(ProviderDefinition provider)
    {
        var gateways = snapshots.Current.ActiveGateways;
        if (!_gates.TryGetValue(provider.Name, out var gate))
        {
            // Whole before anybody sees it: a renewal with no capacity would be answered with a lease of nothing.
            gate = _gates.GetOrAdd(provider.Name, new ProviderGate(provider.Name, provider.MaxConcurrency, gateways, clock));
        }

        gate.Observe(provider.MaxConcurrency, gateways);
        return gate;
    }

    /// <summary>Asks the provider's grain for a slot, for 250 ms at most.</summary>
    /// <param name="gate">The provider's.</param>
    /// <param name="left">What is left of the client's time.</param>
    /// <param name="clientLeft">Ends the wait.</param>
    /// <returns>Whether a slot was taken.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public ValueTask<bool> AskAsync(ProviderGate gate, TimeSpan left, CancellationToken clientLeft)
    {
        // Not held to the bound of those who wait for others to leave: this wait is for one answer, which speaks for all.
        var entered = gate.Slots.WaitAsync(left < GrainDeadline ? left : GrainDeadline, int.MaxValue, clientLeft);
        _ = RenewAsync(gate);
        return entered;
    }

    /// <summary>Waits for a slot where nobody else can serve.</summary>
    /// <param name="gate">The provider's.</param>
    /// <param name="left">What is left of the client's time.</param>
    /// <param name="clientLeft">Ends the wait.</param>
    /// <returns>Whether a slot was taken.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async ValueTask<bool> QueueAsync(ProviderGate gate, TimeSpan left, CancellationToken clientLeft)
    {
        var overload = options.CurrentValue.Overload;
        var longest = TimeSpan.FromSeconds(overload.LongestWaitSeconds);
        var waiting = gate.Slots.WaitAsync(left / 4 < longest ? left / 4 : longest, gate.MostWaiting(overload.MaxWaiting), clientLeft);
        _ = RenewAsync(gate);
        var entered = await waiting;
        metrics.Queued(gate.Provider, entered);
        return entered;
    }

    /// <summary>Gives a slot back.</summary>
    public void Exit(ProviderGate gate)
    {
        gate.Slots.Exit();
        if (gate.ReturnsAtOnce)
        {
            _ = RenewAsync(gate);
        }
    }

    /// <summary>Ends leases whose time is up, and renews those that are used.</summary>
    /// <param name="onlyWaited">Whether only those are renewed that somebody waits for here, or may elsewhere: another number of gateways has come to share them.</param>
    public Task RenewAllAsync(bool onlyWaited)
    {
        List<Task>? calls = null;
        foreach (var (_, gate) in _gates)
        {
            gate.EndWhenDue();
            var isShared = gate.Observe(gate.Capacity, snapshots.Current.ActiveGateways);
            if ((onlyWaited && !isShared) ? gate.Slots.Waiting > 0 : gate.IsUsed())
            {
                (calls ??= []).Add(gate.RenewOnceAsync(Call));
            }
        }

        return calls is null ? Task.CompletedTask : Task.WhenAll(calls);
    }

    /// <summary>Gives every lease back: the process ends.</summary>
    public Task ReturnAllAsync() => Task.WhenAll(_gates.Values.Select(async gate =>
    {
        await gate.RenewOnceAsync(Call);
        await gate.RenewOnceAsync(ReturnAsync);
    }));

    private async Task RenewAsync(ProviderGate gate)
    {
        for (var calls = 0; calls < CallsForWaiting; calls++)
        {
            await gate.RenewOnceAsync(Call);
            if (gate.Slots.Waiting == 0 && !(gate.ReturnsAtOnce && gate.Slots.Limit > gate.Slots.InUse))
            {
                return;
            }
        }
    }

    private Task CallAsync(ProviderGate gate) => CallAsync(gate, gate.NextRequest(identity.Id));

    private Task ReturnAsync(ProviderGate gate) => CallAsync(gate, gate.NextRequest(identity.Id) with { Held = gate.Slots.InUse, Wanted = 0 });

    private async Task CallAsync(ProviderGate gate, SlotRequest request)
    {
        var sentAt = clock.GetTimestamp();
        try
        {
            var grant = await grains.GetGrain<IProviderGrain>(gate.Provider).RenewSlotsAsync(request).AsTask().WaitAsync(GrainDeadline, clock);
            gate.Take(grant, request.Wanted, sentAt);
        }
        catch (Exception exception)
        {
            // Whether it arrived is not known: the grain then counts more than is used, until the next call.
            if (gate.MissAnswer(sharesSpare: true))
            {
                LogSilent(logger, gate.Provider, exception.Message);
            }
        }
    }

    [LoggerMessage(EventId = ResilienceEventIds.SlotsUnanswered, Level = LogLevel.Debug, Message = "The grain of {Provider} did not answer for its slots; this gateway goes on with what it has: {Reason}")]
    private static partial void LogSilent(ILogger logger, string provider, string reason);
}
