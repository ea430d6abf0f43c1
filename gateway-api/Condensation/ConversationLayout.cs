using System.Collections.Immutable;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>A conversation as it stands in a request's body, and what it takes of a model's context.</summary>
internal sealed class ConversationLayout
{
    // What is fixed can be added to it.
    private const int MostTokens = 1_000_000_000;

    private int[]? _counts;
    private ConversationMessage[]? _conversation;
    private int? _firstRepeat;

    /// <summary>How the body speaks.</summary>
    public required InferenceOperation Operation { get; init; }

    /// <summary>The whole body.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Where the list of messages stands in <see cref="Body"/>, brackets included; empty: there is one text and no list.</summary>
    public required Range List { get; init; }

    /// <summary>The messages, in order.</summary>
    public required ImmutableArray<LaidMessage> Messages { get; init; }

    /// <summary>Tokens of what the model reads beside the messages: instructions, tools, schemas.</summary>
    public required int FixedTokens { get; init; }

    /// <summary>The tokenizer that all is counted with.</summary>
    public required TokenCounter Counter { get; init; }

    /// <summary>Tokens of all messages.</summary>
    public int MessageTokens => Capped(MessageCost.OfConversation + Count(CancellationToken.None).Sum(static tokens => (long)tokens));

    /// <summary>How long reading and counting took.</summary>
    public TimeSpan CountingTook { get; set; }

    /// <summary>All that the model reads.</summary>
    public int Tokens => FixedTokens + MessageTokens;

    /// <summary>Of these, what images, files, parts that are not known and the marks around calls are thought to take.</summary>
    public int GuessedTokens => Capped(Messages.Sum(static message => (long)message.GuessedTokens));

    /// <summary>The messages as condensation sees them.</summary>
    public IReadOnlyList<ConversationMessage> Conversation => _conversation ??= [.. Messages.Select(static message => message.Message)];

    /// <summary>Whether any message has a timestamp.</summary>
    public bool HasTimestamps => Messages.Any(static message => message.HasTimestamp);

    /// <summary>
    /// Whether no two messages of one side stand next to each other up to a message, as some providers ask of a conversation.
    /// What follows it does not matter: a beginning must not be written otherwise once more is said.
    /// </summary>
    public bool IsByTurnsTo(int message) => message < (_firstRepeat ??= FirstRepeat());

    /// <summary>What a count comes to at least, for a tokenizer that is not public.</summary>
    public long AtLeast(long tokens) => (long)(tokens * (1 - Counter.Error) / (1 + Counter.Error));

    /// <summary>What a message of a result takes.</summary>
    public int TokensOf(in CondensedMessage message)
    {
        var source = message.Source < 0 ? new ConversationMessage { Role = message.Role, Text = "" } : Messages[message.Source].Message;
        return MessageCost.Of(message.Text is null ? source : source with { Text = message.Text }, Counter);
    }

    /// <summary>Whether the messages are counted.</summary>
    public bool IsCounted => _counts is not null;

    /// <summary>Tokens of each message, counted when they are first asked for.</summary>
    /// <param name="givenUp">Ends the work at its next word.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public IReadOnlyList<int> Count(CancellationToken givenUp) => _counts ??= MessageCost.OfAll(Conversation, Counter, givenUp);

    private int FirstRepeat()
    {
        var second = 1;
        while (second < Messages.Length && (Messages[second].Message.Role != Messages[second - 1].Message.Role || Messages[second].Message.Role is not (MessageRole.User or MessageRole.Assistant)))
        {
            second++;
        }

        return second;
    }

    private static int Capped(long tokens) => (int)Math.Min(tokens, MostTokens);
}
