using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Refuses what is certainly too long for a model, before anybody is asked. Only what is too long by the lowest count is
/// refused: an estimate must not stand in a good request's way. Images, files and what is not known are not held against it.
/// </summary>
internal static class ContextLimit
{
    // To count what is only to be refused must stay cheap; what is larger is its provider's to refuse.
    private const int MostCountedBytes = 1 << 20;

    /// <summary>Whether an operation has a conversation.</summary>
    public static bool IsConversation(InferenceOperation operation) =>
        operation is InferenceOperation.ChatCompletions or InferenceOperation.Messages or InferenceOperation.Responses;

    /// <summary>Whether a request looks too long for a candidate, by its size. Costs a comparison.</summary>
    public static bool IsInDoubt(InferenceRequest request, Candidate candidate) =>
        candidate.Entry.ContextLengthTokens is > 0 and var context && request.EstimatedPromptTokens > context && !candidate.IsContextAssumed
        && IsConversation(request.Operation);

    /// <summary>Counts a request, and refuses it where it is too long.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="context">The model's context in tokens; 0: not known.</param>
    /// <param name="tokens">How the model counts.</param>
    public static ContextFit Judge(Exchange exchange, int context, TokenRules tokens) =>
        exchange.Request!.Body.Length > MostCountedBytes || context == 0
            ? ContextFit.AsItIs(exchange.Request)
            : Judge(exchange.Request, context, (exchange.Counted ??= new CountedConversation()).Read(exchange.Request, tokens).Layout);

    /// <summary>Whether a conversation is too long by the lowest count, without what is guessed.</summary>
    /// <param name="layout">The conversation.</param>
    /// <param name="context">The model's context in tokens; 0: not known, and nothing is too long.</param>
    public static bool IsCertainlyTooLong(ConversationLayout layout, int context) => context > 0 && layout.AtLeast(layout.Tokens - layout.GuessedTokens) > context;

    /// <summary>Refuses a request that is too long.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">The model's context in tokens; 0: not known.</param>
    /// <param name="layout">Its conversation; <see langword="null"/>: it could not be read.</param>
    public static ContextFit Judge(InferenceRequest request, int context, ConversationLayout? layout) =>
        layout is null || !IsCertainlyTooLong(layout, context)
            ? ContextFit.AsItIs(request)
            : Refused(request, context, layout, $"Send less, or ask for condensation by '{CondenseWish.Header}: hybrid'.");

    /// <summary>Refuses a request of which even what must stay is too long, where the whole of it certainly is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="room">What its conversation must fit.</param>
    /// <param name="layout">Its conversation.</param>
    /// <param name="least">Tokens of the messages that must stay.</param>
    public static ContextFit JudgeLeast(InferenceRequest request, in ContextRoom room, ConversationLayout layout, int least) =>
        !IsCertainlyTooLong(layout, room.ToldContext)
            ? ContextFit.AsItIs(request)
            : Refused(
                request,
                room.ToldContext,
                layout,
                $"It cannot be condensed to fit: what must stay whole takes {least + layout.FixedTokens}, and {room.Answer} are kept for the answer. Send less{(request.MaxOutputTokens > 0 ? ", or ask for a shorter answer." : ".")}");

    // Both begin as the providers' own messages do, since agents look for these words to know that they must send less.
    private static ContextFit Refused(InferenceRequest request, int context, ConversationLayout layout, string advice)
    {
        var tokens = layout.Tokens - layout.GuessedTokens;
        var fact = request.Operation == InferenceOperation.Messages
            ? $"prompt is too long: {tokens} tokens > {context} maximum."
            : $"This model's maximum context length is {context} tokens, and the request has {(layout.Counter.IsExact ? "" : "about ")}{tokens}.";
        return ContextFit.Refused(Refusals.ContextLengthExceeded(request.Operation == InferenceOperation.Responses ? "input" : "messages", $"{fact} {advice}"));
    }
}
