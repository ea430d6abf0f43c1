using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// A condensation that may wait for summaries. Only <c>semantic</c> asks for any: whoever has a model lets it write them
/// beside each other, and what is missing or too long is extracted here.
/// </summary>
public sealed class CondensationPlan
{
    private readonly IReadOnlyList<ConversationMessage> _messages;
    private readonly CondensationRequest _request;
    private readonly int _before;
    private readonly Draft? _draft;
    private readonly SemanticSelection? _semantic;

    private CondensationPlan(IReadOnlyList<ConversationMessage> messages, CondensationRequest request, int before, Draft? draft)
    {
        (_messages, _request, _before, _draft) = (messages, request, before, draft);
        _semantic = draft is { Left: >= 0 } && request.Strategy == CondensationStrategy.Semantic ? new SemanticSelection(draft) : null;
    }

    /// <summary>Topics that a model may summarise.</summary>
    public ImmutableArray<Topic> Topics => _semantic?.Topics ?? [];

    /// <summary>Looks at a conversation.</summary>
    /// <param name="messages">In order.</param>
    /// <param name="request">How it is to be condensed.</param>
    public static CondensationPlan For(IReadOnlyList<ConversationMessage> messages, CondensationRequest request)
    {
        var tokens = new int[messages.Count];
        var before = MessageCost.OfConversation;
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = MessageCost.Of(messages[i], request.Counter);
            before += tokens[i];
        }

        var draft = before <= request.Budget ? null : new Draft(messages, ConversationUnits.Of(messages, tokens), request);
        return new CondensationPlan(messages, request, before, draft);
    }

    /// <summary>Condenses. To be called once.</summary>
    /// <param name="summaries">One for each of <see cref="Topics"/>, or <see langword="null"/> where none was written; empty: none was.</param>
    /// <returns>The result; one whose <see cref="CondensationResult.Least"/> is above the budget holds no messages.</returns>
    public CondensationResult Finish(IReadOnlyList<string?> summaries)
    {
        if (_draft is null)
        {
            return Unchanged();
        }

        if (_draft.Left < 0)
        {
            return new CondensationResult(static () => "") { Messages = [], TokensBefore = _before, TokensAfter = _before, Least = _draft.Least };
        }

        Select(_draft, summaries);
        return new CondensationResult(() => CondensedText.Write(_draft))
        {
            Messages = _draft.Write(),
            TokensBefore = _before,
            TokensAfter = _request.Budget - _draft.Left,
            Least = _draft.Least,
            Merged = _semantic?.Merged ?? [],
        };
    }

    private void Select(Draft draft, IReadOnlyList<string?> summaries)
    {
        switch (_request.Strategy)
        {
            case CondensationStrategy.Structural:
                StructuralSummary.Run(draft);
                break;
            case CondensationStrategy.Temporal:
                TemporalSelection.Run(draft);
                break;
            case CondensationStrategy.Semantic:
                _semantic!.Run(summaries);
                break;
            default:
                new HybridSelection(draft).Run();
                break;
        }
    }

    private CondensationResult Unchanged() => new(() => string.Join("\n\n", _messages.Where(message => message.Text.Length > 0).Select(message => message.Text)))
    {
        Messages = [.. _messages.Select((message, i) => new CondensedMessage(i, message.Role, null))],
        TokensBefore = _before,
        TokensAfter = _before,
        Least = _before,
        IsUnchanged = true,
    };
}
