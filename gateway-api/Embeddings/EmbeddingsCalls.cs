using System.Diagnostics;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Batching;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Batching;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>
/// Sends the inputs of several callers in one call, by the same way that a single request goes, and divides the answer. A
/// call that is refused for what is in it, or whose answer cannot be divided, is made again for each caller by itself.
/// </summary>
internal sealed partial class EmbeddingsCalls(
    IOptionsMonitor<ProxyClusterOptions> options,
    FallbackChain chain,
    IRoutingSnapshotSource snapshots,
    RequestScratchPool scratches,
    BatchingMetrics metrics,
    TimeProvider clock,
    ILogger<EmbeddingsCalls> logger)
{
    private static readonly ModelNames Names = new();

    /// <summary>Makes the call of a batch.</summary>
    /// <param name="key">What its callers share.</param>
    /// <param name="batch">The callers.</param>
    /// <returns>A reply for each; of one that has left it means nothing.</returns>
    public async Task<IReadOnlyList<EmbeddingsReply>> SendAsync(EmbeddingsKey key, Batch<EmbeddingsMember> batch)
    {
        // By chance this runs within the request of one of them, or of somebody else.
        Activity.Current = null;
        metrics.Sent(BatchKind.Embeddings, batch.Items.Count, batch.Waited);
        using var span = GatewayTracing.BeginJoined(batch.Items);
        var (call, replies) = await CallAsync(key, batch.Items, batch.AllLeft);
        if (replies is not null)
        {
            return replies;
        }

        metrics.SentApart(batch.Items.Count);
        var apart = await Task.WhenAll(batch.Items.Select(member => CallAsync(key, [member], member.CallerLeft)));
        return [.. apart.Select(one => one.Replies![0] with { Earlier = call })];
    }

    // No replies: each must be asked for by itself. Of a single caller there always is one.
    private async Task<(Exchange Call, EmbeddingsReply[]? Replies)> CallAsync(
        EmbeddingsKey key, IReadOnlyList<EmbeddingsMember> members, CancellationToken left)
    {
        var scratch = scratches.Rent();
        var call = CallFor(members[0], scratch, left);
        try
        {
            var present = WriteBody(key, members, scratch.Body);
            var result = present.Count == 0
                ? new AttemptResult(AttemptOutcome.Abandoned, null, false, default)
                : await SendAsync(key, call, scratch);
            return (call, Divide(call, result, members, present));
        }
        finally
        {
            call.KeepAttempts();
            if (call.IsBodyLent)
            {
                scratch.Body.Abandon();
            }

            if (call.SecondScratch is { } second)
            {
                scratches.Return(second);
            }

            scratches.Return(scratch);
        }
    }

    private Exchange CallFor(EmbeddingsMember first, RequestScratch scratch, CancellationToken left) =>
        new(new DefaultHttpContext { RequestAborted = left }, InferenceOperation.Embeddings, scratch, clock)
        {
            RequestId = first.RequestId,
            Region = options.CurrentValue.Region,
            Caller = first.Caller,
            IsJoined = true,
        };

    private ValueTask<AttemptResult> SendAsync(EmbeddingsKey key, Exchange call, RequestScratch scratch)
    {
        var refusal = RequestScanner.Scan(
            scratch.Body.WrittenMemory, InferenceOperation.Embeddings, options.CurrentValue.InputLimits, Names, out var request);
        if (refusal is not null)
        {
            // A limit that each of them kept, such as that of nesting.
            return new(new AttemptResult(AttemptOutcome.Rejected, refusal, false, default));
        }

        call.Request = request;
        var snapshot = snapshots.Current;
        call.IsStale = snapshot.IsStale;
        return chain.ServeAsync(call, snapshot, key.Provider);
    }

    // Who is still there, in order, with the place of the first input.
    private static List<Part> WriteBody(EmbeddingsKey key, IReadOnlyList<EmbeddingsMember> members, PooledBuffer body)
    {
        var present = new List<Part>(members.Count);
        var inputs = 0;
        body.Append(key.Before);
        body.Append("["u8);
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            if (member.WhileHere((Body: body, member.Input, IsFirst: inputs == 0), static (caller, to) => Append(caller, to.Body, to.Input, to.IsFirst)))
            {
                present.Add(new Part(i, inputs));
                inputs += member.Input.Count;
            }
        }

        body.Append("]"u8);
        body.Append(key.After);
        return present;
    }

    private static void Append(Exchange caller, PooledBuffer body, EmbeddingsInput input, bool isFirst)
    {
        body.Append(isFirst ? default : ","u8);
        body.Append(caller.Request!.Body.Span[input.Items]);
    }

    private EmbeddingsReply[]? Divide(Exchange call, AttemptResult result, IReadOnlyList<EmbeddingsMember> members, List<Part> present)
    {
        if (result.Outcome != AttemptOutcome.Succeeded || result.Refusal is not null)
        {
            var told = result with { Answer = default };
            return present.Count > 1 && ConcernsOne(result)
                ? null
                : [.. members.Select(_ => new EmbeddingsReply(call, told) { SharedBy = present.Count })];
        }

        var replies = members.Select(_ => new EmbeddingsReply(call, result with { Answer = default })).ToArray();
        if (present is [var only])
        {
            replies[only.Member] = Deliver(call, result, members[only.Member]);
            return replies;
        }

        var inputs = present[^1].FirstInput + members[present[^1].Member].Input.Count;
        if (EmbeddingsDivision.Read(result.Answer, inputs) is not { } division)
        {
            LogUndivided(logger, call.RequestId, call.Candidate?.Provider.Name ?? "", present.Count);
            return null;
        }

        long[] weights = [.. present.Select(part => members[part.Member].Tokens)];
        division.Split(weights);
        var usages = UsageShares.Of(call.Usage, weights);
        for (var i = 0; i < present.Count; i++)
        {
            replies[present[i].Member] = Deliver(call, result, members[present[i].Member], present[i], division, i) with
            {
                Usage = usages?[i],
                SharedBy = present.Count,
            };
        }

        return replies;
    }

    private static EmbeddingsReply Deliver(Exchange call, AttemptResult result, EmbeddingsMember member)
    {
        var told = result;
        member.WhileHere(result.Answer, (caller, answer) => told = result with { Answer = Take(caller, output => output.Append(answer.Span)) });
        return new EmbeddingsReply(call, told) { Usage = call.Usage };
    }

    private static EmbeddingsReply Deliver(
        Exchange call, AttemptResult result, EmbeddingsMember member, Part part, EmbeddingsDivision division, int caller)
    {
        var count = member.Input.Count;
        if (!division.HasAll(part.FirstInput, count))
        {
            return new EmbeddingsReply(call, new AttemptResult(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), false, result.Latency));
        }

        var told = result;
        member.WhileHere(division, (exchange, parts) =>
            told = result with { Answer = Take(exchange, output => parts.Write(part.FirstInput, count, caller, output)) });
        return new EmbeddingsReply(call, told);
    }

    private static ReadOnlyMemory<byte> Take(Exchange caller, Action<PooledBuffer> write)
    {
        var output = caller.Scratch.Output;
        output.Clear();
        write(output);
        return output.WrittenMemory;
    }

    // What one caller sent may be all that is wrong: too long, empty, or more than the provider takes at a time.
    private static bool ConcernsOne(in AttemptResult result) => result is
    {
        Outcome: AttemptOutcome.Rejected,
        Refusal.Status: StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status422UnprocessableEntity,
    };

    [LoggerMessage(EventId = 2340, Level = LogLevel.Warning, Message = "{RequestId}: the answer of {Provider} does not say which vector belongs to whom; its {Callers} callers are served one by one")]
    private static partial void LogUndivided(ILogger logger, string requestId, string provider, int callers);

    private readonly record struct Part(int Member, int FirstInput);
}
