using Microsoft.Extensions.Options;
using ProxyCluster.Core.Batching;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Batching;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>
/// Serves requests for embeddings, several in one call of a provider where that loses nobody time (SPEC section 6). A
/// request that finds none of its kind on the way goes as every other request does.
/// </summary>
internal sealed class JoinedEmbeddings
{
    private const string WishHeader = "x-proxy-batch";
    private const int MostBytesPerToken = 16; // more is no small request, whatever its tokens

    private readonly IOptionsMonitor<ProxyClusterOptions> _options;
    private readonly FallbackChain _chain;
    private readonly ProviderAdapters _adapters;
    private readonly BatchingMetrics _metrics;
    private readonly EmbeddingsTokens _tokens = new();
    private readonly Batcher<EmbeddingsKey, EmbeddingsMember, EmbeddingsReply> _batcher;

    public JoinedEmbeddings(
        IOptionsMonitor<ProxyClusterOptions> options,
        FallbackChain chain,
        ProviderAdapters adapters,
        EmbeddingsCalls calls,
        BatchingMetrics metrics,
        IHostApplicationLifetime lifetime,
        TimeProvider clock)
    {
        _options = options;
        _chain = chain;
        _adapters = adapters;
        _metrics = metrics;
        _batcher = new(static key => key.Limits, () => options.CurrentValue.Batching.MaxQueued, calls.SendAsync, clock);
        metrics.Watch(BatchKind.Embeddings, () => _batcher.Queued);
        lifetime.ApplicationStopping.Register(_batcher.Close);
    }

    /// <summary>Serves a request from a snapshot.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="snapshot">What is known of providers.</param>
    /// <param name="forced">The provider that was asked for by name; <see langword="null"/>: any.</param>
    public async ValueTask<AttemptResult> ServeAsync(Exchange exchange, RoutingSnapshot snapshot, string? forced)
    {
        if (ReadWish(exchange.Context.Request.Headers, out var isWanted) is { } refusal)
        {
            return new AttemptResult(AttemptOutcome.Rejected, refusal, false, default);
        }

        var settings = _options.CurrentValue.Batching;

        // The call is made with what one of its callers may use.
        var tenant = settings.AcrossTenants && !exchange.Caller!.IsRestricted ? "" : exchange.Caller!.Subject;
        if (!isWanted || !settings.Embeddings.Enabled || exchange.WishedStrategy is not null || EmbeddingsKey.Of(exchange.Request!, tenant, forced) is not { } key)
        {
            return await _chain.ServeAsync(exchange, snapshot, forced);
        }

        if (_batcher.TryBegin(key, out var turn))
        {
            using (turn)
            {
                _metrics.Sent(BatchKind.Embeddings, 1, TimeSpan.Zero);
                CounterOf(snapshot.Index.Resolve(exchange.Request!.Model), exchange.Request.Model);
                return await _chain.ServeAsync(exchange, snapshot, forced);
            }
        }

        return MemberFor(exchange, snapshot, key, settings.Embeddings) is { } join
            ? await JoinAsync(exchange, key, join)
            : await _chain.ServeAsync(exchange, snapshot, forced);
    }

    private static Refusal? ReadWish(IHeaderDictionary headers, out bool isWanted)
    {
        var wish = headers[WishHeader];
        isWanted = wish.Count == 0 || string.Equals(wish, "on", StringComparison.Ordinal);
        return isWanted || string.Equals(wish, "off", StringComparison.Ordinal)
            ? null
            : Refusals.InvalidValue(WishHeader, $"The header '{WishHeader}' must be 'on' or 'off'.");
    }

    // Null: nothing to count with yet.
    private TokenCounter? CounterOf(in CandidateSet candidates, string model)
    {
        var counter = TokenCounters.For(candidates.Count > 0 ? candidates[0].UpstreamModel : model);
        return _tokens.IsReady(counter) ? counter : null;
    }

    // Null: it is too large to be joined, or of another form.
    private Joining? MemberFor(Exchange exchange, RoutingSnapshot snapshot, EmbeddingsKey key, EmbeddingBatchOptions settings)
    {
        var request = exchange.Request!;
        var body = request.Body.Span;
        var candidates = snapshot.Index.Resolve(request.Model);
        key.Limits = LimitsFor(candidates, settings);
        if (key.Limits.MaxPieces <= 1
            || body[request.InputToken].Length > (long)settings.MaxTokens * MostBytesPerToken
            || !EmbeddingsInput.TryRead(body, request.InputToken, out var input)
            || CounterOf(candidates, request.Model) is not { } counter
            || EmbeddingsTokens.Count(counter, body, input) is not { } tokens)
        {
            return null;
        }

        var size = new ItemSize(input.Count, tokens);
        return size.Fits(key.Limits) ? new Joining(input, size) : null;
    }

    // Whoever of them is asked in the end must be able to take it.
    private BatchLimits LimitsFor(in CandidateSet candidates, EmbeddingBatchOptions settings)
    {
        var inputs = settings.MaxInputs;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (_adapters.TryGet(candidates[i].Provider.Type, out var adapter))
            {
                inputs = Math.Min(inputs, adapter.MostEmbeddingInputs(candidates[i].UpstreamModel));
            }
        }

        return new BatchLimits(
            settings.MaxRequests, inputs, settings.MaxTokens, TimeSpan.FromMilliseconds(settings.MaxWaitMilliseconds), settings.MaxWaitShare);
    }

    private async ValueTask<AttemptResult> JoinAsync(Exchange exchange, EmbeddingsKey key, Joining joining)
    {
        var timer = exchange.Scratch.Timer;
        var hasDeadline = exchange.Deadline != 0;
        if (hasDeadline)
        {
            timer.Begin(exchange.Left, exchange.Context.RequestAborted);
            timer.Allow(exchange.Left);
        }

        var left = hasDeadline ? timer.Token : exchange.Context.RequestAborted;
        var member = new EmbeddingsMember(exchange, joining.Input, joining.Size.Weight, left);
        var joined = exchange.Clock.GetTimestamp();
        exchange.RoutedAt = joined;
        try
        {
            var reply = await _batcher.JoinAsync(key, member, joining.Size, left);
            exchange.Adopt(reply, joined);
            return reply.Result;
        }
        catch (OperationCanceledException) when (exchange.ClientLeft)
        {
            return new AttemptResult(AttemptOutcome.Abandoned, null, false, default);
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            return new AttemptResult(AttemptOutcome.Abandoned, Refusals.RequestTimeout(), false, exchange.Clock.GetElapsedTime(joined));
        }
        finally
        {
            member.Leave();
            if (hasDeadline)
            {
                timer.End();
            }
        }
    }

    private readonly record struct Joining(EmbeddingsInput Input, ItemSize Size);
}
