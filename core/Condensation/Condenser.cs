namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Makes a conversation fit a budget (SPEC section 4). What stays whole: system messages, the last user message, the last
/// message; calls of tools go or stay with their results. The same input gives the same result; what fits is not changed.
/// </summary>
public static class Condenser
{
    /// <summary>Condenses.</summary>
    /// <param name="messages">The conversation, in order.</param>
    /// <param name="request">How.</param>
    /// <returns>The result; one whose <see cref="CondensationResult.Least"/> is above the budget holds no messages.</returns>
    public static CondensationResult Condense(IReadOnlyList<ConversationMessage> messages, CondensationRequest request)
    {
        var tokens = new int[messages.Count];
        var before = MessageCost.OfConversation;
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = MessageCost.Of(messages[i], request.Counter);
            before += tokens[i];
        }

        if (before <= request.Budget)
        {
            return Unchanged(messages, before);
        }

        var draft = new Draft(messages, ConversationUnits.Of(messages, tokens), request);
        if (draft.Left < 0)
        {
            return new CondensationResult { Messages = [], Text = "", TokensBefore = before, TokensAfter = before, Least = draft.Least };
        }

        new HybridSelection(draft).Run();
        return new CondensationResult
        {
            Messages = draft.Write(),
            Text = "",
            TokensBefore = before,
            TokensAfter = request.Budget - draft.Left,
            Least = draft.Least,
        };
    }

    private static CondensationResult Unchanged(IReadOnlyList<ConversationMessage> messages, int tokens) => new()
    {
        Messages = [.. messages.Select((message, i) => new CondensedMessage(i, message.Role, null))],
        Text = "",
        TokensBefore = tokens,
        TokensAfter = tokens,
        Least = tokens,
        IsUnchanged = true,
    };
}
