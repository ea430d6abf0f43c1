using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Core.Condensation;

/// <summary>What messages take of a model's context.</summary>
public static class MessageCost
{
    /// <summary>Tokens that mark a message's beginning, role and end: 4 in the chat formats that are published.</summary>
    public const int OfMessage = 4;

    /// <summary>Tokens that open the answer.</summary>
    public const int OfConversation = 3;

    /// <summary>The tokens of one message: never too few, save in 1 of 20 where a model's tokenizer is not public.</summary>
    /// <param name="message">The message.</param>
    /// <param name="counter">The model's tokenizer.</param>
    /// <param name="givenUp">Ends the work at the text's next word.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static int Of(ConversationMessage message, TokenCounter counter, CancellationToken givenUp = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(counter);
        return OfMessage + message.OtherTokens + OfText(message.Text, counter, givenUp) + OfText(message.Name, counter, givenUp);
    }

    /// <summary>The tokens of each message, counted.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="counter">The model's tokenizer.</param>
    /// <param name="givenUp">Ends the work at its next word.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static int[] OfAll(IReadOnlyList<ConversationMessage> messages, TokenCounter counter, CancellationToken givenUp)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var tokens = new int[messages.Count];
        for (var i = 0; i < tokens.Length; i++)
        {
            givenUp.ThrowIfCancellationRequested();
            tokens[i] = Of(messages[i], counter, givenUp);
        }

        return tokens;
    }

    /// <summary>The tokens of each message: as they are counted already, or counted here.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="request">How it is to be condensed.</param>
    /// <exception cref="ArgumentException">The request has counts of another number of messages.</exception>
    internal static int[] OfAll(IReadOnlyList<ConversationMessage> messages, CondensationRequest request)
    {
        if (request.Counted is not { } counted)
        {
            return OfAll(messages, request.Counter, request.GivenUp);
        }

        return counted.Count == messages.Count
            ? [.. counted]
            : throw new ArgumentException($"{counted.Count} counts came with {messages.Count} messages.", nameof(request));
    }

    /// <summary>The tokens of a text.</summary>
    internal static int OfText(ReadOnlySpan<char> text, TokenCounter counter, CancellationToken givenUp = default) => text.IsEmpty ? 0 : counter.CountAtMost(text, givenUp);
}
