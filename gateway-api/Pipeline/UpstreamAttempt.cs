using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.PassThrough;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Streaming;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Sends a request to one provider and takes its answer. Whatever happens is a result, and is reported once.</summary>
internal sealed class UpstreamAttempt(
    IOptionsMonitor<ProxyClusterOptions> options,
    IOutcomeSink outcomes,
    ProviderGuard guard,
    ContextFitter fitter,
    GatewayMetrics metrics,
    RoutingMetrics choices)
{
    /// <summary>Runs one attempt.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="client">The provider's connections.</param>
    /// <param name="candidate">The provider and its entry.</param>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<AttemptResult> RunAsync(Exchange exchange, UpstreamClient client, Candidate candidate)
    {
        if (client.Fault is not null)
        {
            return AttemptResult.Failed(AttemptOutcome.CredentialsRefused, Refusals.UpstreamCredentials(), default);
        }

        var fit = ContextFitter.Concerns(exchange, candidate) ? await fitter.FitAsync(exchange, candidate) : null;
        if (fit is { Refusal: { } tooLong })
        {
            return new AttemptResult(AttemptOutcome.Rejected, tooLong, fit.TryAnother, default);
        }

        exchange.Condensed = fit?.Figures;

        // What fits may be found for two attempts at the same time, and adapters note in a request how it is asked.
        var fitting = fit?.Request is { } found ? found with { } : exchange.Request!;
        exchange.Form = RequestForm.For(fitting, candidate.Capabilities, options.CurrentValue.InputLimits);
        if (exchange.Form.Refusal is { } unfit)
        {
            return AttemptResult.Failed(AttemptOutcome.Rejected, unfit, default);
        }

        var form = exchange.Form.Request;
        if (!client.Adapter.Supports(form.Operation))
        {
            return AttemptResult.Failed(AttemptOutcome.Rejected, Refusals.CapabilityNotSupported(form.Model, "this route"), default);
        }

        var target = client.TargetFor(candidate.Entry, candidate.UpstreamModel);
        var upstream = client.Adapter.CreateRequest(target, form);
        if (upstream.Message is not { } message)
        {
            return AttemptResult.Failed(AttemptOutcome.Rejected, upstream.Refusal!, default);
        }

        exchange.Attempts++;
        exchange.Warnings = Joined(exchange.Form.Warnings, upstream.Warnings);
        exchange.Usage = null;
        exchange.Streamed = default;
        var provider = candidate.Provider;
        using var span = GatewayTracing.BeginAttempt(exchange.Request!, client, candidate);
        exchange.AttemptSpan = span;
        TraceHeader.Write(exchange, message);
        var started = exchange.Clock.GetTimestamp();
        var result = new AttemptResult(AttemptOutcome.ServerError, null, false, default);
        var permit = exchange.Claim.Permit;
        exchange.Claim = default;
        choices.Chosen(exchange.Strategy!, provider.Name, exchange.Explores);
        outcomes.Began(provider.Name);
        try
        {
            var sending = SendAsync(exchange, client, message, target.Key, started);
            result = RestKey(client.Keys, target.Key, await (exchange is { Form.IsReplayed: true, Side: null } ? WhilePingingAsync(exchange, sending) : sending));
        }
        finally
        {
            // A stream that has begun counts its upstream time up to the first content; the rest is the client's as well.
            if (exchange.FirstByteAt == 0)
            {
                exchange.Upstream += exchange.Clock.GetElapsedTime(started);
            }

            Release(exchange, message);
            var report = new AttemptReport(
                candidate.Entry.Id, result.Outcome, form.Stream, result.Latency, exchange.Usage ?? default, 0)
            {
                DurationMilliseconds = (int)Math.Min(exchange.Clock.GetElapsedTime(started).TotalMilliseconds, int.MaxValue),
                RestMilliseconds = RestOf(client.Keys, result),
                Permit = permit,
            };
            metrics.Attempted(provider.Name, report);
            Note(exchange, candidate, report, started);
            client.Record(result.Outcome, exchange.Clock.GetElapsedTime(started));
            exchange.AttemptSpan = null;
            GatewayTracing.EndAttempt(span, report);

            // One key of several says nothing about the provider, which is asked again with the next.
            outcomes.Ended(provider.Name, result.HasAnotherKey ? report with { Outcome = AttemptOutcome.Rejected } : report);
        }

        return result;
    }

    private static void Note(Exchange exchange, Candidate candidate, in AttemptReport report, long started) => exchange.Scratch.Attempts.Add(new AttemptNote
    {
        Candidate = candidate,
        Target = exchange.Target,
        Fallback = exchange.Fallback,
        Strategy = exchange.Strategy,
        Explores = exchange.Explores,
        Outcome = report.Outcome,
        StartedAt = started,
        Took = exchange.Clock.GetElapsedTime(started),
        Latency = report.Latency,
        Usage = report.Usage,
        Counted = exchange.Streamed.Tokens,
    });

    private static string? Joined(string? one, string? other) => one is null || other is null ? one ?? other : $"{one}; {other}";

    private ValueTask<AttemptResult> WhilePingingAsync(Exchange exchange, ValueTask<AttemptResult> sending) =>
        new(WaitingClient.KeepAsync(exchange, sending.AsTask(), TimeSpan.FromSeconds(options.CurrentValue.Listen.PingSeconds)));

    private static AttemptResult RestKey(ProviderKeys keys, Secret? key, in AttemptResult result)
    {
        TimeSpan? rest = result.Outcome switch
        {
            AttemptOutcome.CredentialsRefused => ProviderKeys.RefusedRest,
            AttemptOutcome.RateLimited => result.Refusal?.RetryAfter ?? ProviderKeys.LimitedRest,
            _ => null,
        };
        return rest is { } time && result.TryAnother && keys.Rest(key, time) ? result with { HasAnotherKey = true } : result;
    }

    // With several keys that all rest, the model is asked again when the first of them is awake.
    private static int? RestOf(ProviderKeys keys, in AttemptResult result)
    {
        if (!result.Outcome.AsksForRest())
        {
            return null;
        }

        var untilAwake = keys.UntilAwake();
        var rest = untilAwake > TimeSpan.Zero ? untilAwake : result.Outcome == AttemptOutcome.RateLimited ? result.Refusal?.RetryAfter : null;
        return rest is { } time ? (int)Math.Min(Math.Ceiling(time.TotalMilliseconds), int.MaxValue) : null;
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<AttemptResult> SendAsync(
        Exchange exchange, UpstreamClient client, HttpRequestMessage message, Secret? key, long started)
    {
        var candidate = exchange.Candidate!;
        var timeouts = candidate.Timeouts;
        var timer = exchange.Scratch.Timer;
        var left = exchange.Left;
        timer.Begin(left < timeouts.Total ? left : timeouts.Total, exchange.Abandoned);
        HttpResponseMessage? response = null;
        try
        {
            timer.Allow(FirstByteLimit.Of(exchange.Form.Request, candidate.Entry, timeouts));
            response = await SendOnceOrAfreshAsync(exchange, client, message);
            exchange.AttemptSpan?.SetTag(GatewayTracing.HttpStatus, (int)response.StatusCode);
            var quota = guard.NoteQuota(client.Definition, candidate.Entry.Id, client.Keys.PlaceOf(key), response.Headers);
            if (!response.IsSuccessStatusCode)
            {
                var failure = await UpstreamAnswer.ReadErrorAsync(exchange, client.Adapter, response, started);
                return UpstreamAnswer.Advised(failure, quota, guard.Now);
            }

            exchange.Condensing?.Forget();
            exchange.Counted?.Forget();
            var body = await response.Content.ReadAsStreamAsync(timer.Token);
            if (exchange.Operation.IsPassThrough())
            {
                return await new PassThroughRelay(exchange, timeouts).RunAsync(response.Content, body, started);
            }

            return exchange.Form.Request.Stream
                ? await RelayAsync(exchange, client.Adapter, body, timeouts, started)
                : await UpstreamAnswer.ReadAsync(exchange, client.Adapter, response, started, options.CurrentValue.InputLimits.MaxUpstreamBodyBytes);
        }
        catch (OperationCanceledException) when (exchange.ClientLeft)
        {
            return new AttemptResult(AttemptOutcome.Abandoned, null, false, default);
        }
        catch (OperationCanceledException) when (timer.Token.IsCancellationRequested)
        {
            // Time that the client gave was too short: the provider is not to blame.
            var latency = exchange.Clock.GetElapsedTime(started);
            return exchange.DeadlinePassed
                ? new AttemptResult(AttemptOutcome.Abandoned, Refusals.RequestTimeout(), false, latency)
                : AttemptResult.Failed(AttemptOutcome.TimedOut, Refusals.UpstreamTimeout(), latency);
        }
        catch (OperationCanceledException)
        {
            // The handler's own limit, for connecting.
            return AttemptResult.Failed(AttemptOutcome.ConnectFailed, Refusals.UpstreamUnreachable(), exchange.Clock.GetElapsedTime(started));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return UpstreamAnswer.Broken(e, exchange.Clock.GetElapsedTime(started));
        }
        finally
        {
            // First the response, so that its connection goes back or is cut; then the token is free for the next attempt.
            response?.Dispose();
            timer.End();
        }
    }

    // A provider may close a connection that is kept open just when a request is on its way; nobody is to blame then.
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> SendOnceOrAfreshAsync(Exchange exchange, UpstreamClient client, HttpRequestMessage message)
    {
        var inTime = exchange.Scratch.Timer.Token;
        try
        {
            return await client.SendAsync(message, inTime);
        }
        catch (HttpRequestException e) when (StaleConnectionException.IsBehind(e) && !inTime.IsCancellationRequested)
        {
            metrics.Reconnected(client.Definition.Name);
            GatewayTracing.Reconnected(exchange.AttemptSpan);
            return await client.SendAfreshAsync(message, inTime);
        }
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<AttemptResult> RelayAsync(
        Exchange exchange, ProviderAdapter adapter, Stream body, ProviderTimeouts timeouts, long started)
    {
        var settings = options.CurrentValue;
        var limits = new RelayLimits(settings.InputLimits.MaxStreamEventBytes, TimeSpan.FromSeconds(settings.Listen.PingSeconds));
        var translator = adapter.CreateStream(exchange.Form.Request);
        translator.Entry = exchange.Candidate!.Entry;
        using var relay = new StreamRelay(exchange, translator, adapter.CreateEventReader(limits.MaxEventBytes), timeouts, limits);
        var result = await relay.RunAsync(body, started);
        exchange.Usage = translator.Usage;
        return result;
    }

    private static void Release(Exchange exchange, HttpRequestMessage message)
    {
        if (message.Content is IBorrowsBody { IsReadingBody: true })
        {
            exchange.IsBodyLent = true;
        }

        message.Dispose();
    }
}
