using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Makes a chat fit the model that is about to be asked: condensed where the client or the configuration wants that, and
/// refused where it is certainly too long. What cannot be condensed goes on as it is, for its provider to judge.
/// </summary>
internal sealed class ContextFitter : IDisposable
{
    private const int LargestAnswerShare = 4;

    // To count what is only to be refused must stay cheap; what is larger is its provider's to refuse.
    private const int MostCountedBytes = 1 << 20;

    private static readonly ModelNames Names = new();

    private readonly IOptionsMonitor<ProxyClusterOptions> _options;
    private readonly CondensationRun _run;
    private readonly CondensationMetrics _metrics;
    private readonly IDisposable? _changes;
    private CondensationPolicy _policy;

    public ContextFitter(IOptionsMonitor<ProxyClusterOptions> options, CondensationRun run, CondensationMetrics metrics)
    {
        _options = options;
        _run = run;
        _metrics = metrics;
        _policy = new CondensationPolicy(options.CurrentValue.Condensation);
        _changes = options.OnChange(changed => _policy = new CondensationPolicy(changed.Condensation));
    }

    /// <summary>Whether a request's conversation may be condensed at all; <see langword="null"/>: it may not.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="wish">What the client says; <see langword="null"/>: nothing.</param>
    public ExchangeCondensation? For(InferenceOperation operation, CondenseWish? wish) =>
        wish is null && !_policy.IsEverAutomatic ? null
        : wish is { Strategy: null } || !IsConversation(operation) ? null
        : new ExchangeCondensation(wish);

    /// <summary>Whether a request must be looked at before a candidate is asked. Costs a comparison.</summary>
    public static bool Concerns(Exchange exchange, Candidate candidate) =>
        exchange.Condensing is not null || (SeemsTooLong(exchange.Request!, candidate) && IsConversation(exchange.Request!.Operation));

    /// <summary>Finds how a request goes to a candidate.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="candidate">Who is about to be asked.</param>
    public async ValueTask<ContextFit> FitAsync(Exchange exchange, Candidate candidate)
    {
        var request = exchange.Request!;
        var counter = TokenCounters.For(candidate.UpstreamModel);
        var rule = _policy.RuleFor(exchange.Target, candidate);
        if (exchange.Condensing is not { } condensing || (condensing.Wish is null && !rule.IsAutomatic))
        {
            return SeemsTooLong(request, candidate) ? RefuseOrLeave(exchange, candidate, counter, rule.Strategy) : ContextFit.AsItIs(request);
        }

        var room = RoomOf(request, candidate, counter, rule, condensing.Wish);
        if (condensing.Found(room, exchange.Target) is { } found)
        {
            return found;
        }

        var fit = await FitOrLeaveAsync(exchange, room);
        condensing.Remember(room, exchange.Target, fit);
        return fit;
    }

    /// <inheritdoc/>
    public void Dispose() => _changes?.Dispose();

    // Whatever goes wrong here, its provider can still judge the request as it came.
    private async ValueTask<ContextFit> FitOrLeaveAsync(Exchange exchange, ContextRoom room)
    {
        try
        {
            return await FitAsync(exchange, room);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _run.Failed(exchange, room.Strategy, e);
            return ContextFit.AsItIs(exchange.Request!);
        }
    }

    private ContextFit RefuseOrLeave(Exchange exchange, Candidate candidate, TokenCounter counter, CondensationStrategy strategy)
    {
        var request = exchange.Request!;
        try
        {
            return UnlessTooLong(request, candidate.Entry.ContextLengthTokens, counter);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _run.Failed(exchange, strategy, e);
            return ContextFit.AsItIs(request);
        }
    }

    private static bool SeemsTooLong(InferenceRequest request, Candidate candidate) =>
        candidate.Entry.ContextLengthTokens is > 0 and var context && request.EstimatedPromptTokens > context && !candidate.IsContextAssumed;

    private static bool IsConversation(InferenceOperation operation) =>
        operation is InferenceOperation.ChatCompletions or InferenceOperation.Messages or InferenceOperation.Responses;

    private ContextRoom RoomOf(InferenceRequest request, Candidate candidate, TokenCounter counter, CondensationRule rule, CondenseWish? wish)
    {
        var entry = candidate.Entry;
        var context = entry.ContextLengthTokens;
        var longest = entry.MaxOutputTokens > 0 ? Math.Min(entry.MaxOutputTokens, _policy.Options.AnswerTokens) : _policy.Options.AnswerTokens;
        var answer = request.MaxOutputTokens > 0 ? request.MaxOutputTokens : Math.Min(longest, context / LargestAnswerShare);
        var isHard = wish is { MaxTokens: > 0 };
        var room = new ContextRoom(counter, wish?.Strategy ?? rule.Strategy, context, answer, isHard ? wish!.MaxTokens : rule.MaxTokens, isHard)
        {
            IsContextAssumed = candidate.IsContextAssumed,
        };
        return wish is null && rule.IsRolling && !IsSummarised(room.Strategy) ? room with { Rolling = RollingOf(entry, rule) } : room;
    }

    // What a model writes is different each time.
    private bool IsSummarised(CondensationStrategy strategy) => strategy == CondensationStrategy.Semantic && _policy.Options.SummaryModel is not null;

    private RollingOptions RollingOf(ModelDefinition entry, CondensationRule rule)
    {
        var standard = new RollingOptions().Price;
        var price = entry.InputCostPerMillion is > 0 and var full
            ? new PromptCachePrice(
                entry.CacheReadCostPerMillion is { } read ? (double)(read / full) : standard.Read,
                entry.CacheWriteCostPerMillion is { } write ? (double)(write / full) : standard.Write)
            : standard;
        return new RollingOptions { Price = price, ExpectedTurns = _policy.Options.ExpectedTurns, SoftBudget = rule.MaxTokens > 0 ? rule.MaxTokens : null };
    }

    private async ValueTask<ContextFit> FitAsync(Exchange exchange, ContextRoom room)
    {
        var request = exchange.Request!;
        if (room.HoldsAll(request.Body.Length) && (request.Required & ModelCapabilities.Vision) == 0 && !MayHaveTimestamps(request))
        {
            return ContextFit.AsItIs(request);
        }

        if (request.Body.Length > _policy.Options.MaxBodyBytes)
        {
            _metrics.Failed(room.Strategy, CondensationFailure.TooLarge);
            return UnlessTooLong(request, room.ToldContext, room.Counter);
        }

        if (Read(request, room.Counter).Layout is not { } layout)
        {
            _metrics.Failed(room.Strategy, CondensationFailure.Unreadable);
            return ContextFit.AsItIs(request);
        }

        if (layout.MessageTokens > room.Messages(layout.FixedTokens))
        {
            return await CondenseAsync(exchange, room, layout);
        }

        return layout.HasTimestamps ? Changed(request, layout, CondensedAs(layout), null) : ContextFit.AsItIs(request);
    }

    private async ValueTask<ContextFit> CondenseAsync(Exchange exchange, ContextRoom room, ConversationLayout layout)
    {
        var request = exchange.Request!;
        var budget = room.Rolling is null ? room.Messages(layout.FixedTokens) : room.MessagesByContext(layout.FixedTokens);
        var report = await _run.RunAsync(exchange, layout, RequestFor(room, budget), room.Rolling);

        // What operators wish for is no reason to refuse what the model could take.
        if (report.Result is { } first && first.Least > budget && !room.IsCapHard && first.Least <= room.MessagesByContext(layout.FixedTokens))
        {
            budget = first.Least;
            report = await _run.RunAsync(exchange, layout, RequestFor(room, budget), null);
        }

        if (report.Result is not { } result)
        {
            return Unless(request, room.ToldContext, layout);
        }

        if (result.Least > budget)
        {
            if (await LeastOrNoneAsync(exchange, room, layout, result.Least) is not { } least)
            {
                _metrics.TooSmall(room.Strategy);
                return TooSmall(request, room, layout, result.Least, budget);
            }

            result = least;
        }

        if (result.IsUnchanged)
        {
            // It fits, and to make it smaller does not pay.
            return layout.HasTimestamps ? Changed(request, layout, result.Messages, null) : ContextFit.AsItIs(request);
        }

        result = TurnMerge.Told(layout, result);
        var figures = CondensedFigures.Of(room.Strategy, layout, result) with { Took = report.Took, Summaries = report.Summaries, Rolling = report.Rolling };
        _metrics.Condensed(figures);
        return Changed(request, layout, result.Messages, figures);
    }

    // What must stay and no more, where only what is guessed of it is too much: that must not stand in a good request's way.
    private async ValueTask<CondensationResult?> LeastOrNoneAsync(Exchange exchange, ContextRoom room, ConversationLayout layout, int least)
    {
        if (room.IsCapHard || room.IsContextAssumed || (layout.GuessedTokens == 0 && layout.Counter.IsExact))
        {
            return null;
        }

        var report = await _run.RunAsync(exchange, layout, RequestFor(room, least) with { Strategy = CondensationStrategy.Temporal }, null);
        var guessed = report.Result?.Messages.Sum(message => message.Source < 0 ? 0 : (long)layout.Messages[message.Source].GuessedTokens) ?? 0;
        return layout.AtLeast(layout.FixedTokens + least - guessed) <= room.Context ? report.Result : null;
    }

    private static CondensationRequest RequestFor(in ContextRoom room, int budget) =>
        new() { Budget = budget, Counter = room.Counter, Strategy = room.Strategy };

    private static ContextFit TooSmall(InferenceRequest request, in ContextRoom room, ConversationLayout layout, int least, int budget)
    {
        if (room.IsCapHard && budget == room.Cap)
        {
            return ContextFit.Refused(Refusals.BudgetTooSmall(CondenseWish.Header, room.Cap, least, layout.GuessedTokens > 0)) with { TryAnother = false };
        }

        return room.IsContextAssumed ? ContextFit.AsItIs(request) : ContextFit.Refused(Refusals.ContextLengthExceeded(
            ListNameOf(request),
            $"The model's context takes {room.Context} tokens, of which {room.Answer} are for the answer. What must stay whole of the conversation, and what goes with it, takes {least + layout.FixedTokens}."));
    }

    // The bytes have been read before and only lost messages: a limit that refuses them was lowered meanwhile.
    private ContextFit Changed(
        InferenceRequest request, ConversationLayout layout, ImmutableArray<CondensedMessage> messages, CondensedFigures? figures)
    {
        if (layout.List.Equals(default))
        {
            return ContextFit.AsItIs(request);
        }

        var body = CondensedBody.Write(layout, messages);
        return RequestScanner.Scan(body, request.Operation, _options.CurrentValue.InputLimits, Names, out var condensed) is { } refusal
            ? ContextFit.Refused(refusal)
            : new ContextFit(condensed! with { Headers = request.Headers, AnswerKept = request.AnswerKept }, null, figures);
    }

    private static ContextFit UnlessTooLong(InferenceRequest request, int context, TokenCounter counter) =>
        request.Body.Length > MostCountedBytes ? ContextFit.AsItIs(request) : Unless(request, context, Read(request, counter).Layout);

    // Only what is too long by the lowest count is refused here: an estimate must not stand in a good request's way.
    private static ContextFit Unless(InferenceRequest request, int context, ConversationLayout? layout)
    {
        if (layout is null || context == 0)
        {
            return ContextFit.AsItIs(request);
        }

        var tokens = layout.Tokens - layout.GuessedTokens;
        return layout.AtLeast(tokens) <= context ? ContextFit.AsItIs(request) : ContextFit.Refused(Refusals.ContextLengthExceeded(
            ListNameOf(request),
            $"The model's context takes {context} tokens, and the request has {(layout.Counter.IsExact ? "" : "about ")}{tokens}. Send less, or ask for condensation by '{CondenseWish.Header}: hybrid'."));
    }

    private static LayoutReading Read(InferenceRequest request, TokenCounter counter) => ConversationReader.Read(request.Body, request.Operation, counter);

    private static ImmutableArray<CondensedMessage> CondensedAs(ConversationLayout layout) =>
        [.. layout.Messages.Select((message, i) => new CondensedMessage(i, message.Message.Role, null))];

    private static bool MayHaveTimestamps(InferenceRequest request) => request.Body.Span.IndexOf("\"timestamp\""u8) >= 0;

    private static string ListNameOf(InferenceRequest request) => request.Operation == InferenceOperation.Responses ? "input" : "messages";
}
