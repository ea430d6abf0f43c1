using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Outbound;
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
    private const int MostErrorBytes = 64 * 1024;
    private const int ReadBytes = 4096;

    private static readonly TimeSpan ErrorBodyLimit = TimeSpan.FromSeconds(5);

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
                var failure = await ReadErrorAsync(exchange, client.Adapter, response, started);
                return Advised(failure, quota, guard.Now);
            }

            var body = await response.Content.ReadAsStreamAsync(timer.Token);
            if (exchange.Operation.IsPassThrough())
            {
                return await new PassThroughRelay(exchange, timeouts).RunAsync(response.Content, body, started);
            }

            return exchange.Form.Request.Stream
                ? await RelayAsync(exchange, client.Adapter, body, timeouts, started)
                : await ReadAnswerAsync(exchange, client.Adapter, response, body, started);
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
            return Broken(e, exchange.Clock.GetElapsedTime(started));
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
    private async ValueTask<AttemptResult> ReadAnswerAsync(
        Exchange exchange, ProviderAdapter adapter, HttpResponseMessage response, Stream body, long started)
    {
        var scratch = exchange.Scratch;
        var buffer = scratch.Answer;
        buffer.Clear();

        // Headers alone are no answer: many a provider sends them at once, and falls silent.
        buffer.Advance(await body.ReadAsync(buffer.GetMemory(ReadBytes), scratch.Timer.Token));
        scratch.Timer.Allow(exchange.Candidate!.Timeouts.Total);
        var limit = options.CurrentValue.InputLimits.MaxUpstreamBodyBytes;
        var isWhole = await ReadBodyAsync(body, buffer, response.Content.Headers.ContentLength, limit, scratch.Timer.Token);
        var latency = exchange.Clock.GetElapsedTime(started);
        if (!isWhole)
        {
            return AttemptResult.Failed(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), latency);
        }

        if (exchange.AttemptSpan is { } span)
        {
            GatewayTracing.Answered(span, buffer.WrittenSpan);
        }

        scratch.Output.Clear();
        var answer = adapter.ReadAnswer(exchange.Form.Request, buffer.WrittenMemory, scratch.Output);
        exchange.Usage = answer.Usage;
        if (answer.Validity == AnswerValidity.Invalid)
        {
            return AttemptResult.Failed(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), latency);
        }

        var told = (answer.Validity == AnswerValidity.Verbatim ? buffer : scratch.Output).WrittenMemory;
        return exchange.Hooks is { JudgesAnswers: true } hooks
            ? await JudgeAsync(exchange, hooks, told, latency)
            : Told(exchange, told, latency);
    }

    // The provider has done its part, whatever becomes of its answer.
    private static async ValueTask<AttemptResult> JudgeAsync(Exchange exchange, RequestHooks hooks, ReadOnlyMemory<byte> told, TimeSpan latency)
    {
        exchange.Scratch.Timer.AllowUncut(Timeout.InfiniteTimeSpan);
        var judged = await hooks.JudgeAnswerAsync(told);
        return judged.Refusal is { } refusal
            ? new AttemptResult(AttemptOutcome.Succeeded, refusal, false, latency)
            : Told(exchange, judged.Answer, latency);
    }

    private static AttemptResult Told(Exchange exchange, ReadOnlyMemory<byte> answer, TimeSpan latency)
    {
        var isReplayed = exchange.Form.IsReplayed;
        var told = isReplayed ? AnswerReplay.Write(exchange, answer) : answer;
        return told.IsEmpty
            ? AttemptResult.Failed(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), latency)
            : new AttemptResult(AttemptOutcome.Succeeded, null, false, latency) { Answer = told, IsReplayed = isReplayed };
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

    private static async ValueTask<AttemptResult> ReadErrorAsync(
        Exchange exchange, ProviderAdapter adapter, HttpResponseMessage response, long started)
    {
        if (response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired)
        {
            // Of a proxy on the way: the provider has not heard of the request.
            return AttemptResult.Failed(AttemptOutcome.ConnectFailed, Refusals.UpstreamUnreachable(), exchange.Clock.GetElapsedTime(started));
        }

        var scratch = exchange.Scratch;
        scratch.Answer.Clear();
        scratch.Timer.Allow(ErrorBodyLimit);
        try
        {
            // What does not fit is not needed: the beginning tells the error.
            await ReadBodyAsync(await response.Content.ReadAsStreamAsync(scratch.Timer.Token), scratch.Answer, null, MostErrorBytes, scratch.Timer.Token);
        }
        catch (Exception e) when (!exchange.ClientLeft && e is OperationCanceledException or IOException or HttpRequestException)
        {
            // The status alone has to do.
        }

        var error = adapter.ReadError((int)response.StatusCode, response.Headers, scratch.Answer.WrittenSpan);
        return new AttemptResult(error.Outcome, error.Refusal, error.TryAnother, exchange.Clock.GetElapsedTime(started)) { Advised = error.RetryAfter };
    }

    // A 429 without advice of its own is as long as the limit's headers say.
    private static AttemptResult Advised(in AttemptResult failure, in QuotaReading quota, DateTimeOffset now) =>
        failure is { Outcome: AttemptOutcome.RateLimited, Refusal: { RetryAfter: null } refusal } && quota.Advice(now) is { } wait
            ? failure with { Refusal = refusal with { RetryAfter = wait } }
            : failure;

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<bool> ReadBodyAsync(
        Stream body, PooledBuffer buffer, long? length, int limitBytes, CancellationToken cancellationToken)
    {
        if (length > limitBytes)
        {
            return false;
        }

        while (buffer.Count != length)
        {
            var room = buffer.GetMemory((int)Math.Min(length - buffer.Count ?? ReadBytes, ReadBytes));
            var count = await body.ReadAsync(room, cancellationToken);
            if (count == 0)
            {
                return true;
            }

            buffer.Advance(count);
            if (buffer.Count > limitBytes)
            {
                buffer.Truncate(limitBytes);
                return false;
            }
        }

        return true;
    }

    private static AttemptResult Broken(Exception e, TimeSpan latency)
    {
        if (UpstreamForbiddenException.IsBehind(e))
        {
            return AttemptResult.Failed(AttemptOutcome.ConnectFailed, Refusals.UpstreamForbidden(), latency);
        }

        var isUnreachable = e is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
        return isUnreachable
            ? AttemptResult.Failed(AttemptOutcome.ConnectFailed, Refusals.UpstreamUnreachable(), latency)
            : AttemptResult.Failed(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), latency);
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
