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

    /// <summary>Topics that a model may summarise: there is room for all of their summaries.</summary>
    public ImmutableArray<Topic> Topics => _semantic?.Topics ?? [];

    /// <summary>Looks at a conversation.</summary>
    /// <param name="messages">In order.</param>
    /// <param name="request">How it is to be condensed.</param>
    public static CondensationPlan For(IReadOnlyList<ConversationMessage> messages, CondensationRequest request)
    {
        var tokens = MessageCost.OfAll(messages, request);
        var before = MessageCost.OfConversation + tokens.Sum();
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
            return new CondensationResult(static () => "") { Messages = [], TokensBefore = _before, TokensAfter = _before, Least = Math.Min(_draft.Least, _before) };
        }

        var merged = Select(_draft, _semantic, summaries);
        return new CondensationResult(() => CondensedText.Write(_draft))
        {
            Messages = _draft.Write(),
            TokensBefore = _before,
            TokensAfter = _request.Budget - _draft.Left,
            Least = _draft.Least,
            Merged = merged,
        };
    }

    /// <summary>Spends a draft's budget without a model.</summary>
    /// <returns>The indices of messages that a summary tells of or quotes.</returns>
    internal static ImmutableArray<int> Select(Draft draft) =>
        Select(draft, draft.Request.Strategy == CondensationStrategy.Semantic ? new SemanticSelection(draft) : null, []);

    private static ImmutableArray<int> Select(Draft draft, SemanticSelection? semantic, IReadOnlyList<string?> summaries)
    {
        switch (draft.Request.Strategy)
        {
            case CondensationStrategy.Structural:
                return StructuralSummary.Run(draft);
            case CondensationStrategy.Semantic:
                return semantic!.Run(summaries);
            case CondensationStrategy.Temporal:
                TemporalSelection.Run(draft);
                return [];
            default:
                new HybridSelection(draft).Run();
                return [];
        }
    }

    private CondensationResult Unchanged() => new(() => CondensedText.Join(_messages))
    {
        Messages = [.. _messages.Select((message, i) => new CondensedMessage(i, message.Role, null))],
        TokensBefore = _before,
        TokensAfter = _before,
        Least = _before,
        IsUnchanged = true,
    };
}
