using Microsoft.Extensions.Options;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Condenses one conversation within its limits of time, with summaries where a model is configured to write them.</summary>
internal sealed partial class CondensationRun(
    IOptionsMonitor<ProxyClusterOptions> options, SummaryWriter summaries, CondensationMetrics metrics, TimeProvider clock, ILogger<CondensationRun> logger)
    : IDisposable
{
    // More at once would take longer each, and leave the other requests no processor.
    private readonly SemaphoreSlim _places = new(Environment.ProcessorCount);

    /// <summary>Condenses.</summary>
    /// <param name="exchange">The request that it is for.</param>
    /// <param name="layout">The conversation.</param>
    /// <param name="request">How.</param>
    /// <param name="rolling">How its beginning is to stay the same from turn to turn; <see langword="null"/>: it is not.</param>
    /// <returns>What came of it; without a result it took too long or failed, which is logged and counted.</returns>
    public async ValueTask<CondensationReport> RunAsync(Exchange exchange, ConversationLayout layout, CondensationRequest request, RollingOptions? rolling)
    {
        var started = clock.GetTimestamp();
        var messages = layout.Conversation;
        using var over = new CancellationTokenSource();
        request = request with { GivenUp = over.Token };
        try
        {
            if (rolling is not null)
            {
                var rolled = await InTimeAsync(exchange, started, () => RollingCondensation.Condense(messages, request, rolling));
                return new CondensationReport(rolled.Result, null) { Rolling = RollingFigures.Of(rolled), Took = clock.GetElapsedTime(started) };
            }

            var plan = await InTimeAsync(exchange, started, () => CondensationPlan.For(messages, request));
            var looked = clock.GetElapsedTime(started);
            var written = await summaries.WriteAsync(exchange, messages, plan.Topics);
            var summarised = clock.GetElapsedTime(started) - looked;
            var result = await InTimeAsync(exchange, started + ToTicks(summarised), () => plan.Finish(written));
            return new CondensationReport(result, null)
            {
                Topics = plan.Topics.Length,
                Summaries = written.Count(static summary => summary is not null),
                Looked = looked,
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

    // What is given up goes on to its next message, and keeps its place until then; it holds copies of the texts only.
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

    [LoggerMessage(EventId = 2391, Level = LogLevel.Error, Message = "{RequestId}: the conversation could not be condensed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string requestId);
}

/// <summary>What came of condensing.</summary>
/// <param name="Result">What is left; <see langword="null"/>: it failed.</param>
/// <param name="Failure">Why; <see langword="null"/>: it did not.</param>
internal sealed record CondensationReport(CondensationResult? Result, CondensationFailure? Failure)
{
    /// <summary>Topics that a model could have summarised.</summary>
    public int Topics { get; init; }

    /// <summary>Those that one has.</summary>
    public int Summaries { get; init; }

    /// <summary>How the beginning stays the same; <see langword="null"/>: it does not.</summary>
    public RollingFigures? Rolling { get; init; }

    /// <summary>Counting the conversation and finding its topics.</summary>
    public TimeSpan Looked { get; init; }

    /// <summary>Waiting for summaries.</summary>
    public TimeSpan Summarised { get; init; }

    /// <summary>All of it.</summary>
    public TimeSpan Took { get; init; }
}

/// <summary>Why a conversation was not condensed.</summary>
internal enum CondensationFailure
{
    /// <summary>It took too long.</summary>
    TimedOut = 0,

    /// <summary>It threw.</summary>
    Threw = 1,

    /// <summary>It is larger than what is condensed.</summary>
    TooLarge = 2,

    /// <summary>It is in no form that is understood.</summary>
    Unreadable = 3,
}
