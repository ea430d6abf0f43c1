using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Core.Condensation;

/// <summary>What messages take of a model's context.</summary>
internal static class MessageCost
{
    /// <summary>Tokens that mark a message's beginning, role and end: 4 in the chat formats that are published.</summary>
    public const int OfMessage = 4;

    /// <summary>Tokens that open the answer.</summary>
    public const int OfConversation = 3;

    /// <summary>The tokens of one message: never too few, save in 1 of 20 where a model's tokenizer is not public.</summary>
    public static int Of(ConversationMessage message, TokenCounter counter) =>
        OfMessage + message.OtherTokens + OfText(message.Text, counter) + OfText(message.Name, counter);

    /// <summary>The tokens of each message.</summary>
    public static int[] OfAll(IReadOnlyList<ConversationMessage> messages, TokenCounter counter, CancellationToken givenUp)
    {
        var tokens = new int[messages.Count];
        for (var i = 0; i < tokens.Length; i++)
        {
            givenUp.ThrowIfCancellationRequested();
            tokens[i] = Of(messages[i], counter);
        }

        return tokens;
    }

    /// <summary>The tokens of a text.</summary>
    public static int OfText(ReadOnlySpan<char> text, TokenCounter counter) => text.IsEmpty ? 0 : counter.CountAtMost(text);
}
