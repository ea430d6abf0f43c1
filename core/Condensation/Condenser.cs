namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Makes a conversation fit a budget (SPEC section 4). What stays whole: system messages, the last user message, the last
/// message; calls of tools go or stay with their results. The same input gives the same result; what fits is not changed.
/// </summary>
public static class Condenser
{
    /// <summary>Condenses without a model.</summary>
    /// <param name="messages">The conversation, in order.</param>
    /// <param name="request">How.</param>
    /// <returns>The result; one whose <see cref="CondensationResult.Least"/> is above the budget holds no messages.</returns>
    public static CondensationResult Condense(IReadOnlyList<ConversationMessage> messages, CondensationRequest request) =>
        CondensationPlan.For(messages, request).Finish([]);
}
