using System.Collections.Immutable;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>A conversation as it stands in a request's body, and what it takes of a model's context.</summary>
internal sealed class ConversationLayout
{
    /// <summary>What marks the ends of a message, as condensation counts it.</summary>
    public const int TokensPerMessage = 4;

    private const int TokensPerAnswer = 3;

    // What is fixed can be added to it.
    private const int MostTokens = 1_000_000_000;

    private int? _messageTokens;
    private bool? _isByTurns;

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

    /// <summary>Tokens of the messages, counted when they are first asked for.</summary>
    public int MessageTokens => _messageTokens ??= Capped(TokensPerAnswer + Messages.Sum(message => (long)TokensOf(message.Message, null)));

    /// <summary>All that the model reads.</summary>
    public int Tokens => FixedTokens + MessageTokens;

    /// <summary>Of these, what images, files, parts that are not known and the marks around calls are thought to take.</summary>
    public int GuessedTokens => Capped(Messages.Sum(static message => (long)message.GuessedTokens));

    /// <summary>The messages as condensation sees them.</summary>
    public IReadOnlyList<ConversationMessage> Conversation => [.. Messages.Select(static message => message.Message)];

    /// <summary>Whether any message has a timestamp.</summary>
    public bool HasTimestamps => Messages.Any(static message => message.HasTimestamp);

    /// <summary>Whether no two messages of one side stand next to each other, as some providers ask of a conversation.</summary>
    public bool IsByTurns => _isByTurns ??= !Messages.Zip(Messages.Skip(1)).Any(static pair =>
        pair.First.Message.Role == pair.Second.Message.Role && pair.First.Message.Role is MessageRole.User or MessageRole.Assistant);

    /// <summary>What a count comes to at least, for a tokenizer that is not public.</summary>
    public long AtLeast(long tokens) => (long)(tokens * (1 - Counter.Error) / (1 + Counter.Error));

    /// <summary>What a message of a result takes.</summary>
    public int TokensOf(in CondensedMessage message) => message.Source < 0
        ? TokensPerMessage + CountOf(message.Text)
        : TokensOf(Messages[message.Source].Message, message.Text);

    private int TokensOf(ConversationMessage message, string? text) =>
        (int)Math.Min((long)TokensPerMessage + message.OtherTokens + CountOf(text ?? message.Text) + CountOf(message.Name), MostTokens);

    private static int Capped(long tokens) => (int)Math.Min(tokens, MostTokens);

    private int CountOf(string? text) => string.IsNullOrEmpty(text) ? 0 : Counter.CountAtMost(text);
}
