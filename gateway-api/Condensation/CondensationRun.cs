using Microsoft.Extensions.Options;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Counts and condenses one conversation within its limits of time, with summaries where a model is configured to write them.</summary>
internal sealed partial class CondensationRun(
    IOptionsMonitor<ProxyClusterOptions> options,
    TokenizerLoads tokenizers,
    SummaryWriter summaries,
    CondensationMetrics metrics,
    TimeProvider clock,
    ILogger<CondensationRun> logger) : IDisposable
{
    // What is counted within a millisecond need not wait for a place.
    private const int SmallBytes = 32 * 1024;

    // More at once would take longer each, and leave the other requests no processor.
    private readonly SemaphoreSlim _places = new(Environment.ProcessorCount);

    /// <summary>Reads the conversation of a request and counts its messages, where that has not been done.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="tokens">How they are counted.</param>
    /// <param name="strategy">How it is to be condensed, for the metrics.</param>
    /// <returns>What was read; with a failure it took too long, which is logged and counted.</returns>
    public async ValueTask<(LayoutReading Reading, CondensationFailure? Failure)> ReadAsync(Exchange exchange, TokenRules tokens, CondensationStrategy strategy)
    {
        var counted = exchange.Counted ??= new CountedConversation();
        if (counted.Found(tokens) is { } found && found.Layout is not { IsCounted: false })
        {
            return (found, null);
        }

        await tokenizers.LoadAsync(tokens.Counter).WaitAsync(exchange.Context.RequestAborted);
        var request = exchange.Request!;
        var started = clock.GetTimestamp();
        using var over = new CancellationTokenSource();
        try
        {
            var reading = request.Body.Length <= SmallBytes ? Count() : await InTimeAsync(exchange, started, Count);
            reading.Layout?.CountingTook = clock.GetElapsedTime(started);
            return (reading, null);
        }
        catch (TimeoutException)
        {
            metrics.Failed(strategy, CondensationFailure.TimedOut);
            LogNotCounted(logger, exchange.RequestId, request.Body.Length);
            return (default, CondensationFailure.TimedOut);
        }
        finally
        {
            await over.CancelAsync();
        }

        LayoutReading Count()
        {
            var reading = counted.Read(request, tokens);
            reading.Layout?.Count(over.Token);
            return reading;
        }
    }

    /// <summary>Condenses.</summary>
    /// <param name="exchange">The request that it is for.</param>
    /// <param name="layout">The conversation, counted.</param>
    /// <param name="request">How.</param>
    /// <param name="rolling">How its beginning is to stay the same from turn to turn; <see langword="null"/>: it is not.</param>
    /// <returns>What came of it; without a result it took too long or failed, which is logged and counted.</returns>
    public async ValueTask<CondensationReport> RunAsync(Exchange exchange, ConversationLayout layout, CondensationRequest request, RollingOptions? rolling)
    {
        // Counting is part of what the time is limited for.
        var started = clock.GetTimestamp() - ToTicks(layout.CountingTook);
        var messages = layout.Conversation;
        using var over = new CancellationTokenSource();
        request = request with { GivenUp = over.Token, Counted = layout.Count(CancellationToken.None) };
        try
        {
            if (rolling is not null)
            {
                var rolled = await InTimeAsync(exchange, started, () => RollingCondensation.Condense(messages, request, rolling));
                return new CondensationReport(rolled.Result, null)
                {
                    Rolling = RollingFigures.Of(rolled),
                    Counted = layout.CountingTook,
                    Took = clock.GetElapsedTime(started),
                };
            }

            var plan = await InTimeAsync(exchange, started, () => CondensationPlan.For(messages, request));
            var asked = clock.GetTimestamp();
            var written = await summaries.WriteAsync(exchange, messages, plan.Topics, request.Words);
            var summarised = clock.GetElapsedTime(asked);
            var result = await InTimeAsync(exchange, started + ToTicks(summarised), () => plan.Finish([.. written.Select(static summary => summary.Text)]));
            return new CondensationReport(result, null)
            {
                Topics = plan.Topics.Length,
                Summaries = written.Count(static summary => summary.Text is not null),
                SummaryDollars = written.Count == 0 ? null : written.Sum(static summary => summary.Dollars),
                Counted = layout.CountingTook,
                Summarised = summarised,
                Took = clock.GetElapsedTime(started),
            };
        }
        catch (TimeoutException)
        {
            metrics.Failed(request.Strategy, CondensationFailure.TimedOut);
            LogTimedOut(logger, exchange.RequestId, messages.Count);
            return new CondensationReport(null, CondensationFailure.TimedOut);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(exchange, request.Strategy, e);
            return new CondensationReport(null, CondensationFailure.Threw);
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    /// <summary>Notes that a conversation could not be condensed, by a fault of the gateway's own.</summary>
    public void Failed(Exchange exchange, CondensationStrategy strategy, Exception exception)
    {
        metrics.Failed(strategy, CondensationFailure.Threw);
        LogFailed(logger, exception, exchange.RequestId);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private long ToTicks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);

    // What is given up goes on to its next word or sentence, and keeps its place until then; it holds copies of the texts only.
    private async Task<T> InTimeAsync<T>(Exchange exchange, long since, Func<T> work)
    {
        var left = LeftOf(exchange, since);
        if (left <= TimeSpan.Zero || !await _places.WaitAsync(left, exchange.Context.RequestAborted))
        {
            throw new TimeoutException();
        }

        var working = Task.Run(() => InPlace(work), CancellationToken.None);
        left = LeftOf(exchange, since);
        return left <= TimeSpan.Zero ? throw new TimeoutException() : await working.WaitAsync(left, clock, exchange.Context.RequestAborted);
    }

    private T InPlace<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        finally
        {
            _places.Release();
        }
    }

    private TimeSpan LeftOf(Exchange exchange, long since)
    {
        var limit = TimeSpan.FromMilliseconds(options.CurrentValue.Condensation.TimeLimitMs) - clock.GetElapsedTime(since);
        return exchange.Left < limit ? exchange.Left : limit;
    }

    [LoggerMessage(EventId = 2390, Level = LogLevel.Warning, Message = "{RequestId}: a conversation of {Messages} messages was not condensed in time")]
    private static partial void LogTimedOut(ILogger logger, string requestId, int messages);

    [LoggerMessage(EventId = 2393, Level = LogLevel.Warning, Message = "{RequestId}: a conversation of {Bytes} bytes was not counted in time")]
    private static partial void LogNotCounted(ILogger logger, string requestId, int bytes);

    [LoggerMessage(EventId = 2391, Level = LogLevel.Error, Message = "{RequestId}: the conversation could not be condensed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string requestId);
}
