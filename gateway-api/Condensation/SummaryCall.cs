using System.Text.Json;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Asks a model in a caller's name, by the same way that the caller's own requests go: its limits, budgets, allow-lists and
/// hooks count, its usage is charged. Only authentication is over, and condensation is not done again.
/// </summary>
/// <remarks>The chain is lazy, because what asks providers may itself have to condense first.</remarks>
internal sealed partial class SummaryCall(
    IOptionsMonitor<ProxyClusterOptions> options,
    Lazy<FallbackChain> chain,
    IRequestLimiter limiter,
    BudgetKeeper budgets,
    Spending spending,
    HookSet hooks,
    IRoutingSnapshotSource snapshots,
    RequestScratchPool scratches,
    RecentRequests recent,
    TimeProvider clock,
    ILogger<SummaryCall> logger)
{
    private static readonly ModelNames Names = new();

    /// <summary>Asks, and reads what is answered. Throws nothing.</summary>
    /// <param name="asker">The request that needs it.</param>
    /// <param name="body">A chat request.</param>
    /// <param name="model">Who is asked, for the log.</param>
    /// <param name="limit">The longest time it may take.</param>
    /// <param name="ended">Ends with that time, and when the asker's client leaves.</param>
    public async Task<SummaryAnswer> AskAsync(
        Exchange asker, ReadOnlyMemory<byte> body, string model, TimeSpan limit, CancellationToken ended)
    {
        var scratch = scratches.Rent();
        var call = CallFor(asker, scratch, limit, ended);
        AttemptResult result = new(AttemptOutcome.Abandoned, null, false, default);
        try
        {
            result = await SendAsync(call, body, ended);
            var answer = result.Refusal is null ? TextOf(result.Answer) : null;
            return new SummaryAnswer(answer, OutcomeOf(result, answer, ended)) { Dollars = DollarsOf(call) };
        }
        catch (OperationCanceledException)
        {
            return new SummaryAnswer(null, SummaryOutcome.TimedOut);
        }
        catch (Exception e)
        {
            LogFailed(logger, e, asker.RequestId, model);
            return new SummaryAnswer(null, SummaryOutcome.Failed);
        }
        finally
        {
            End(call, result, model);
        }
    }

    private Exchange CallFor(Exchange asker, RequestScratch scratch, TimeSpan limit, CancellationToken ended)
    {
        var context = new DefaultHttpContext { RequestAborted = ended };
        context.Features.Set(asker.From);
        context.Request.Path = "/v1/chat/completions";
        var call = new Exchange(context, InferenceOperation.ChatCompletions, scratch, clock)
        {
            RequestId = asker.RequestId,
            Region = asker.Region,
            Caller = asker.Caller,
            Tag = asker.Tag,
            WantedPriority = asker.WantedPriority,
        };
        call.Deadline = call.Started + (long)(limit.TotalSeconds * clock.TimestampFrequency);
        return call;
    }

    private async ValueTask<AttemptResult> SendAsync(Exchange call, ReadOnlyMemory<byte> body, CancellationToken ended)
    {
        if (RequestScanner.Scan(body, InferenceOperation.ChatCompletions, options.CurrentValue.InputLimits, Names, out var request) is { } unfit)
        {
            return Refused(unfit);
        }

        call.Request = request;
        call.Limits = await limiter.AcquireAsync(new LimitedRequest(call.Caller!, request!.Model, call.From), ended);
        var snapshot = snapshots.Current;
        if ((call.Limits.Refusal ?? await budgets.ReserveAsync(call, snapshot, ended)) is { } refused)
        {
            return Refused(refused);
        }

        call.LimitedAt = clock.GetTimestamp();
        call.Hooks = hooks.For(call);
        if (call.Hooks is { } own && await own.JudgeRequestAsync(hooks.Limits) is { } withheld)
        {
            return Refused(withheld);
        }

        call.IsStale = snapshot.IsStale;
        return await chain.Value.ServeAsync(call, snapshot, null);
    }

    // Each for itself, and whatever becomes of it: what the caller asked for does not end with a summary's books.
    private void End(Exchange call, AttemptResult result, string model)
    {
        call.Outcome = result.Outcome;
        call.Error = result.Refusal?.Code;
        Try(call, model, () => limiter.Release(call.Limits));
        Try(call, model, () => spending.Settle(call, result.Outcome, result.Answer.Length));
        Try(call, model, () => call.Hooks?.Dispose());
        Try(call, model, () => recent.Note(call, result.Refusal?.Status ?? StatusCodes.Status200OK));
        Try(call, model, () => GiveBack(call));
    }

    private void Try(Exchange call, string model, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            LogUnended(logger, e, call.RequestId, model);
        }
    }

    private void GiveBack(Exchange call)
    {
        if (call.IsBodyLent)
        {
            call.Scratch.Body.Abandon();
        }

        if (call.SecondScratch is { } second)
        {
            scratches.Return(second);
        }

        scratches.Return(call.Scratch);
    }

    private static SummaryOutcome OutcomeOf(in AttemptResult result, string? answer, CancellationToken ended) =>
        answer is not null ? SummaryOutcome.Written
        : ended.IsCancellationRequested || result.Refusal?.Code is "request_timeout" or "upstream_timeout" ? SummaryOutcome.TimedOut
        : result.Refusal is null ? SummaryOutcome.Unusable
        : result.Outcome == AttemptOutcome.Rejected ? SummaryOutcome.Refused
        : SummaryOutcome.Failed;

    private static decimal? DollarsOf(Exchange call) =>
        call is { Usage: { } usage, Candidate: { } candidate } ? AnswerCost.DollarsOf(candidate.Entry, usage) : null;

    // A whole chat completion, which the adapter has checked; what was cut for its content is no summary.
    private static string? TextOf(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.TryGetValue("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0
                && choices[0].TryGetValue("message", out var message) && choices[0].GetText("finish_reason") is not "content_filter"
                ? message.GetText("content")
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static AttemptResult Refused(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, default);

    [LoggerMessage(EventId = 2392, Level = LogLevel.Error, Message = "{RequestId}: the model {Model} could not be asked for a summary")]
    private static partial void LogFailed(ILogger logger, Exception exception, string requestId, string model);

    [LoggerMessage(EventId = 2394, Level = LogLevel.Error, Message = "{RequestId}: what is owed for a summary of {Model} could not be booked in full")]
    private static partial void LogUnended(ILogger logger, Exception exception, string requestId, string model);
}
