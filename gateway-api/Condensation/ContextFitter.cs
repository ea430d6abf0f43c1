using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Makes a chat fit the model that is about to be asked: condensed where the client or the configuration wants that, and
/// refused where it is certainly too long. What cannot be condensed goes on as it is, for its provider to judge.
/// </summary>
internal sealed class ContextFitter : IDisposable
{
    // Of any language's text, to tell what is left for the answer. What must fit is counted.
    private const int LeastBytesPerToken = 2;

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
        : wish is { Strategy: null } || !ContextLimit.IsConversation(operation) ? null
        : new ExchangeCondensation(wish);

    /// <summary>Whether a request must be looked at before a candidate is asked. Costs a comparison.</summary>
    public static bool Concerns(Exchange exchange, Candidate candidate) => exchange.Condensing is not null || ContextLimit.IsInDoubt(exchange.Request!, candidate);

    /// <summary>
    /// Whether <see cref="FitAsync"/> needs no more than is found already, so that whoever asks may hold a provider's slot:
    /// a second attempt beside the first must not condense, or have summaries written, anew.
    /// </summary>
    public bool IsReady(Exchange exchange, Candidate candidate)
    {
        if (exchange.Condensing is not { } condensing || RoomFor(exchange, candidate) is not { } room || condensing.Found(room, exchange.Target) is not null)
        {
            return true;
        }

        var request = exchange.Request!;
        return GoesUncounted(request, room)
            || (exchange.Counted?.Found(room.Tokens) is { Layout: { IsCounted: true, HasTimestamps: false } layout } && layout.MessageTokens <= room.Messages(layout.FixedTokens));
    }

    /// <summary>Finds how a request goes to a candidate.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="candidate">Who is about to be asked.</param>
    public async ValueTask<ContextFit> FitAsync(Exchange exchange, Candidate candidate)
    {
        var request = exchange.Request!;
        if (exchange.Condensing is not { } condensing || RoomFor(exchange, candidate) is not { } room)
        {
            return ContextLimit.IsInDoubt(request, candidate) ? RefuseOrLeave(exchange, candidate) : ContextFit.AsItIs(request);
        }

        if (GoesUncounted(request, room))
        {
            return AsItIs(request, room, request.Body.Length / LeastBytesPerToken);
        }

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

    // What the conversation must fit; null: it is not to be condensed for this candidate.
    private ContextRoom? RoomFor(Exchange exchange, Candidate candidate)
    {
        var policy = _policy;
        var rule = policy.RuleFor(exchange.Target, candidate);
        var wish = exchange.Condensing!.Wish;
        return wish is null && !rule.IsAutomatic ? null : policy.RoomFor(exchange.Request!, candidate, rule, wish);
    }

    // Whatever goes wrong here, its provider can still judge the request as it came.
    private async ValueTask<ContextFit> FitOrLeaveAsync(Exchange exchange, ContextRoom room)
    {
        try
        {
            return await FitToAsync(exchange, room);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _run.Failed(exchange, room.Strategy, e);
            return ContextFit.AsItIs(exchange.Request!);
        }
    }

    private ContextFit RefuseOrLeave(Exchange exchange, Candidate candidate)
    {
        try
        {
            return ContextLimit.Judge(exchange, candidate.Entry.ContextLengthTokens, TokenRules.For(candidate.UpstreamModel) with { Images = ImageTokens.Unknown });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _run.Failed(exchange, CondensationStrategy.Hybrid, e);
            return ContextFit.AsItIs(exchange.Request!);
        }
    }

    // By its bytes alone: nothing is counted.
    private static bool GoesUncounted(InferenceRequest request, in ContextRoom room) =>
        room.HoldsAll(request.Body.Length) && (request.Required & ModelCapabilities.Vision) == 0 && !MayHaveTimestamps(request);

    private async ValueTask<ContextFit> FitToAsync(Exchange exchange, ContextRoom room)
    {
        var request = exchange.Request!;
        if (request.Body.Length > _policy.Options.MaxBodyBytes)
        {
            _metrics.Failed(room.Strategy, CondensationFailure.TooLarge);
            return ContextLimit.Judge(exchange, room.ToldContext, room.Tokens);
        }

        var read = await _run.ReadAsync(exchange, room.Tokens, room.Strategy);
        if (read.Reading.Layout is not { } layout)
        {
            if (read.Failure is null)
            {
                _metrics.Failed(room.Strategy, CondensationFailure.Unreadable);
            }

            return ContextFit.AsItIs(request);
        }

        if (layout.MessageTokens > room.Messages(layout.FixedTokens))
        {
            return await CondenseAsync(exchange, room, layout);
        }

        return Untimed(AsItIs(request, room, layout.Tokens), request, room, layout);
    }

    private async ValueTask<ContextFit> CondenseAsync(Exchange exchange, ContextRoom room, ConversationLayout layout)
    {
        using var span = GatewayTracing.Stage(GatewayTracing.Condense);
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
            GatewayTracing.DescribeFailure(span, room.Strategy, CondensationMetrics.NameOf(report.Failure!.Value));
            return Untimed(ContextLimit.Judge(request, room.ToldContext, layout), request, room, layout);
        }

        if (result.Least > budget)
        {
            if (await LeastOrNoneAsync(exchange, room, layout, result.Least) is not { } least)
            {
                _metrics.TooSmall(room.Strategy);
                GatewayTracing.DescribeFailure(span, room.Strategy, CondensationMetrics.BudgetTooSmall);
                return room.IsCapHard && budget == room.Cap
                    ? ContextFit.Refused(Refusals.BudgetTooSmall(CondenseWish.Header, room.Cap, result.Least, layout.GuessedTokens > 0)) with { TryAnother = false }
                    : Untimed(ContextLimit.JudgeLeast(request, room, layout, result.Least), request, room, layout);
            }

            result = least;
        }

        if (result.IsUnchanged)
        {
            // It fits, and to make it smaller does not pay.
            return Untimed(AsItIs(request, room, layout.Tokens), request, room, layout);
        }

        result = TurnMerge.Told(layout, result);
        var figures = CondensedFigures.Of(room.Strategy, layout, report, result);
        _metrics.Condensed(figures);
        if (room.Rolling is not null)
        {
            _metrics.Rolled(figures.Rolling);
        }

        GatewayTracing.DescribeCondensation(span, figures);
        return Changed(request, room, layout, result.Messages, figures);
    }

    // What must stay and no more, where only what is guessed of it is too much: that must not stand in a good request's way.
    private async ValueTask<CondensationResult?> LeastOrNoneAsync(Exchange exchange, ContextRoom room, ConversationLayout layout, int least)
    {
        if (room.IsCapHard || !ContextLimit.IsCertainlyTooLong(layout, room.ToldContext) || (layout.GuessedTokens == 0 && layout.Counter.IsExact))
        {
            return null;
        }

        var report = await _run.RunAsync(exchange, layout, RequestFor(room, least) with { Strategy = CondensationStrategy.Temporal }, null);
        var guessed = report.Result?.Messages.Sum(message => message.Source < 0 ? 0 : (long)layout.Messages[message.Source].GuessedTokens) ?? 0;
        return layout.AtLeast(layout.FixedTokens + least - guessed) <= room.Context ? report.Result : null;
    }

    private CondensationRequest RequestFor(in ContextRoom room, int budget) =>
        new() { Budget = budget, Counter = room.Counter, Strategy = room.Strategy, Words = _policy.Words };

    private static ContextFit AsItIs(InferenceRequest request, in ContextRoom room, int promptTokens) =>
        ContextFit.AsItIs(room.AnswerRoom(promptTokens) is > 0 and var answer ? request with { AnswerRoomTokens = answer } : request);

    // The bytes have been read before and only lost messages: a limit that refuses them was lowered meanwhile.
    private ContextFit Changed(
        InferenceRequest request, in ContextRoom room, ConversationLayout layout, ImmutableArray<CondensedMessage> messages, CondensedFigures? figures)
    {
        if (layout.List.Equals(default))
        {
            return ContextFit.AsItIs(request);
        }

        var body = CondensedBody.Write(layout, messages);
        var answer = room.AnswerRoom(figures?.TokensAfter ?? layout.Tokens);
        return RequestScanner.Scan(body, request.Operation, _options.CurrentValue.InputLimits, Names, out var condensed) is { } refusal
            ? ContextFit.Refused(refusal)
            : new ContextFit(condensed! with { Headers = request.Headers, AnswerKept = request.AnswerKept, AnswerRoomTokens = answer }, null, figures);
    }

    // What goes on as it came tells its provider no timestamps either.
    private ContextFit Untimed(ContextFit fit, InferenceRequest request, in ContextRoom room, ConversationLayout layout) =>
        fit.Request is not null && layout.HasTimestamps ? Changed(request, room, layout, CondensedAs(layout), null) : fit;

    private static ImmutableArray<CondensedMessage> CondensedAs(ConversationLayout layout) =>
        [.. layout.Messages.Select((message, i) => new CondensedMessage(i, message.Message.Role, null))];

    private static bool MayHaveTimestamps(InferenceRequest request) => request.Body.Span.IndexOf("\"timestamp\""u8) >= 0;
}
