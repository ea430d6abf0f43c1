using System.Net;
using System.Runtime.CompilerServices;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Outbound;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Streaming;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Takes what comes back for one attempt, where it is no stream: a whole answer, an error, or nothing that can be read.</summary>
internal static class UpstreamAnswer
{
    private const int MostErrorBytes = 64 * 1024;
    private const int ReadBytes = 4096;

    private static readonly TimeSpan ErrorBodyLimit = TimeSpan.FromSeconds(5);

    /// <summary>Reads an answer to its end, and has it looked at where hooks judge answers.</summary>
    /// <param name="exchange">The request. Its memory takes the answer in, its timer bounds the time.</param>
    /// <param name="adapter">Knows the provider's form.</param>
    /// <param name="response">Its head has come.</param>
    /// <param name="started">When the request was sent, as a timestamp.</param>
    /// <param name="limitBytes">What is longer is no answer.</param>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public static async ValueTask<AttemptResult> ReadAsync(
        Exchange exchange, ProviderAdapter adapter, HttpResponseMessage response, long started, int limitBytes)
    {
        var scratch = exchange.Scratch;
        var buffer = scratch.Answer;
        buffer.Clear();
        var body = await response.Content.ReadAsStreamAsync(scratch.Timer.Token);

        // Headers alone are no answer: many a provider sends them at once, and falls silent.
        buffer.Advance(await body.ReadAsync(buffer.GetMemory(ReadBytes), scratch.Timer.Token));
        scratch.Timer.Allow(exchange.Candidate!.Timeouts.Total);
        var isWhole = await ReadBodyAsync(body, buffer, response.Content.Headers.ContentLength, limitBytes, scratch.Timer.Token);
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

    /// <summary>Reads why a provider refused, as far as it says.</summary>
    /// <param name="exchange">The request, as for <see cref="ReadAsync"/>.</param>
    /// <param name="adapter">Knows the provider's form.</param>
    /// <param name="response">With a status of failure.</param>
    /// <param name="started">When the request was sent, as a timestamp.</param>
    public static async ValueTask<AttemptResult> ReadErrorAsync(
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

    /// <summary>A failure with the time to wait: a 429 without advice of its own is as long as the limit's headers say.</summary>
    /// <param name="failure">From <see cref="ReadErrorAsync"/>.</param>
    /// <param name="quota">What the answer's headers say.</param>
    /// <param name="now">UTC.</param>
    public static AttemptResult Advised(in AttemptResult failure, in QuotaReading quota, DateTimeOffset now) =>
        failure is { Outcome: AttemptOutcome.RateLimited, Refusal: { RetryAfter: null } refusal } && quota.Advice(now) is { } wait
            ? failure with { Refusal = refusal with { RetryAfter = wait } }
            : failure;

    /// <summary>What an exception on the way to a provider, or in its answer, means.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="latency">Since the request was sent.</param>
    public static AttemptResult Broken(Exception e, TimeSpan latency)
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
}
