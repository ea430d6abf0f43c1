using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Lets attempts in to providers: a slot for each, and room in the budget for those that follow on a failure.</summary>
internal sealed class ProviderEntrance(IOptionsMonitor<ProxyClusterOptions> options, SlotLeases leases, ResilienceMetrics metrics)
{
    /// <summary>Enters a provider, if it has room. Asks its grain at most once for a request.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="provider">Whom to ask.</param>
    /// <param name="isRetry">Whether an attempt has failed before.</param>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public ValueTask<Entry> EnterAsync(Exchange exchange, ProviderDefinition provider, bool isRetry)
    {
        var gate = leases.Of(provider);
        if (gate.Slots.TryEnter())
        {
            return new(isRetry ? Begin(gate) : Entry.Entered);
        }

        if (exchange.HasAskedGrain || !gate.MayAskGrain)
        {
            return new(Entry.Full);
        }

        exchange.HasAskedGrain = true;
        return AskAsync(exchange, gate, isRetry);
    }

    /// <summary>Waits for room, where nobody else can serve.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="provider">Whom to ask.</param>
    /// <param name="isRetry">Whether an attempt has failed before.</param>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async ValueTask<Entry> QueueAsync(Exchange exchange, ProviderDefinition provider, bool isRetry)
    {
        var gate = leases.Of(provider);
        return !await leases.QueueAsync(gate, exchange.Left, exchange.Context.RequestAborted) ? Entry.Full
            : isRetry ? Begin(gate)
            : Entry.Entered;
    }

    /// <summary>Enters a provider that has failed for this request, after a wait, which counts as a retry in flight already.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="provider">Whom to ask again.</param>
    /// <param name="wait">How long to wait before.</param>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async ValueTask<Entry> EnterAgainAsync(Exchange exchange, ProviderDefinition provider, TimeSpan wait)
    {
        var gate = leases.Of(provider);
        if (!TryBegin(gate, RetryKind.Again))
        {
            return Entry.Refused;
        }

        var entered = false;
        try
        {
            await Task.Delay(wait, exchange.Clock, exchange.Context.RequestAborted);
            entered = gate.Slots.TryEnter() || await leases.QueueAsync(gate, exchange.Left, exchange.Context.RequestAborted);
            return entered ? Entry.Entered : Entry.Full;
        }
        finally
        {
            if (!entered)
            {
                gate.Retries.End();
            }
        }
    }

    /// <summary>Enters a provider for a second attempt at the same time, if it has room at once.</summary>
    public bool TryEnter(ProviderDefinition provider) => leases.Of(provider).Slots.TryEnter();

    /// <summary>Leaves a provider.</summary>
    /// <param name="provider">Who was asked.</param>
    /// <param name="isRetry">As it was entered.</param>
    /// <param name="result">How it ended; <see langword="null"/>: this gateway failed.</param>
    public void Leave(ProviderDefinition provider, bool isRetry, in AttemptResult? result)
    {
        var gate = leases.Of(provider);
        if (result is { } ended && (ended.Outcome == AttemptOutcome.RateLimited || ended.Outcome.CountsInHistory()))
        {
            gate.Retries.Note(ended.Outcome != AttemptOutcome.Succeeded);
        }

        if (isRetry)
        {
            gate.Retries.End();
        }

        leases.Exit(gate);
    }

    private async ValueTask<Entry> AskAsync(Exchange exchange, ProviderGate gate, bool isRetry) =>
        !await leases.AskAsync(gate, exchange.Left, exchange.Context.RequestAborted) ? Entry.Full
        : isRetry ? Begin(gate)
        : Entry.Entered;

    private Entry Begin(ProviderGate gate)
    {
        if (TryBegin(gate, RetryKind.Elsewhere))
        {
            return Entry.Entered;
        }

        leases.Exit(gate);
        return Entry.Refused;
    }

    private bool TryBegin(ProviderGate gate, RetryKind kind)
    {
        var retry = options.CurrentValue.Routing.Retry;
        var begins = gate.Retries.TryBegin(gate.Slots.InUse, new RetryAllowance(retry.BudgetShare, retry.BudgetLeast));
        metrics.Retried(gate.Provider, begins ? kind : RetryKind.Refused);
        return begins;
    }
}
