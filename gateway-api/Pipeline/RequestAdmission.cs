using System.Globalization;
using System.Runtime.CompilerServices;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Telemetry;
using ProxyCluster.GatewayApi.Usage;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>What a request goes through before anybody is asked for its sake: the full house, its body, limits and budgets.</summary>
internal sealed class RequestAdmission(
    RequestReader reader, IRequestLimiter limiter, BudgetKeeper budgets, IRoutingSnapshotSource snapshots, AdmissionGate gate, TimeProvider clock)
{
    private const int MostMilliseconds = 24 * 60 * 60 * 1000;

    /// <summary>Takes a request in: what it says of its time and its urgency, and whether there is room for it.</summary>
    /// <returns>Why not; <see langword="null"/>: it is in.</returns>
    public Refusal? TakeIn(Exchange exchange) => ReadDeadline(exchange) ?? ReadPriority(exchange) ?? Enter(exchange);

    /// <summary>Whether it is still taken in, now that who calls is known.</summary>
    /// <returns>Why not; <see langword="null"/>: it is.</returns>
    public Refusal? Keep(Exchange exchange) =>
        gate.Keeps(exchange.Priority) ? null : Refusals.Shedding(gate.RetryAfter());

    /// <summary>Reads it, and reserves what it may use, in the time that it gives.</summary>
    /// <returns>Why not; <see langword="null"/>: it may go on.</returns>
    public ValueTask<Refusal?> AdmitAsync(Exchange exchange) =>
        exchange.Deadline == 0 ? ReadAndLimitAsync(exchange, default) : AdmitInTimeAsync(exchange);

    /// <summary>Gives back the room that it took, at its end.</summary>
    public void Release(Exchange exchange)
    {
        if (exchange.IsAdmitted)
        {
            gate.Exit();
        }

        limiter.Release(exchange.Limits);
    }

    private Refusal? ReadDeadline(Exchange exchange)
    {
        var wish = exchange.Context.Request.Headers["x-proxy-timeout-ms"];
        if (wish.Count == 0)
        {
            return null;
        }

        if (!int.TryParse(wish, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds is < 1 or > MostMilliseconds)
        {
            return Refusals.InvalidValue("x-proxy-timeout-ms", $"The header 'x-proxy-timeout-ms' must be a whole number from 1 to {MostMilliseconds}.");
        }

        exchange.Deadline = exchange.Started + (milliseconds * clock.TimestampFrequency / 1000);
        return null;
    }

    private static Refusal? ReadPriority(Exchange exchange)
    {
        var refusal = RequestedPriority.Read(exchange.Context.Request.Headers, out var wanted);
        exchange.WantedPriority = wanted;
        return refusal;
    }

    // Who calls is not known yet: only what says of itself that it can wait is refused for less than a full house.
    private Refusal? Enter(Exchange exchange)
    {
        exchange.IsAdmitted = gate.TryEnter(exchange.WantedPriority);
        return exchange.IsAdmitted ? null : Refusals.Shedding(gate.RetryAfter());
    }

    // The client's own limit cuts a slow body and the wait for the limiter too. Nobody is asked for what comes too late.
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<Refusal?> AdmitInTimeAsync(Exchange exchange)
    {
        var timer = exchange.Scratch.Timer;
        timer.Begin(exchange.Left, exchange.Context.RequestAborted);
        timer.Allow(exchange.Left);
        try
        {
            return await ReadAndLimitAsync(exchange, timer.Token) ?? (exchange.DeadlinePassed ? Refusals.RequestTimeout() : null);
        }
        catch (OperationCanceledException) when (timer.Token.IsCancellationRequested && !exchange.ClientLeft)
        {
            return Refusals.RequestTimeout();
        }
        finally
        {
            timer.End();
        }
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<Refusal?> ReadAndLimitAsync(Exchange exchange, CancellationToken inTime)
    {
        using (GatewayTracing.Stage(GatewayTracing.Receive))
        {
            var reading = await reader.ReadAsync(exchange.Context, exchange.Operation, exchange.Scratch.Body, inTime);
            if (reading.Request is not { } request)
            {
                return reading.Refusal;
            }

            exchange.Request = request;
        }

        if (RequestTag.Read(exchange) is { } unfit)
        {
            return unfit;
        }

        using (GatewayTracing.Stage(GatewayTracing.Limit))
        {
            var asked = new LimitedRequest(exchange.Caller!, exchange.Request.Model, exchange.From);
            exchange.Limits = await limiter.AcquireAsync(asked, inTime.CanBeCanceled ? inTime : exchange.Context.RequestAborted);
        }

        var refusal = exchange.Limits.Refusal ?? await budgets.ReserveAsync(
            exchange, snapshots.Current, inTime.CanBeCanceled ? inTime : exchange.Context.RequestAborted);
        exchange.LimitedAt = clock.GetTimestamp();
        return refusal;
    }
}
