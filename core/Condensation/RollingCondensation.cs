using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Condenses a conversation that grows from turn to turn, so that a provider's prompt cache goes on hitting: the condensed head
/// is byte for byte the same from one turn to the next until a coarse step is reached, and what follows it is untouched.
/// </summary>
/// <remarks>
/// The head is chosen by what stands in it, never by the last message; a query counts only where the request names one, and a
/// client that changes it changes the head. No state is kept: the cut follows from the conversation. Where no cut makes it fit
/// (one message takes most of the budget), it is condensed as a whole.
/// </remarks>
public static class RollingCondensation
{
    /// <summary>Condenses.</summary>
    /// <param name="messages">The whole conversation, in order.</param>
    /// <param name="request">How; its <see cref="CondensationRequest.Now"/> is not used.</param>
    /// <param name="options">What steps cost, and how coarse they are.</param>
    public static RollingResult Condense(IReadOnlyList<ConversationMessage> messages, CondensationRequest request, RollingOptions options)
    {
        var costs = MessageCost.OfAll(messages, request);
        var units = ConversationUnits.Of(messages, costs);
        if (Find(units.AsSpan(), request, options) is not { Step: > 0 } found)
        {
            return new RollingResult(Condenser.Condense(messages, request), 0, 0, IsNewStep: false, default);
        }

        if (Write(messages, costs, request, units[found.Unit].First, found) is not { } result)
        {
            return new RollingResult(Condenser.Condense(messages, request), 0, 0, IsNewStep: false, default);
        }

        var before = Find(units.AsSpan()[..UnitsBeforeLastAnswer(units, messages)], request, options);
        var isNewStep = before?.Unit != found.Unit;
        var unstepped = before is { } one ? one.HeadBudget + RollingCut.TokensOf(units.AsSpan()[one.Unit..]) : result.TokensBefore;
        return new RollingResult(
            result,
            units[found.Unit].First,
            found.Step,
            isNewStep,
            isNewStep ? RollingDecision.Of(unstepped, result.TokensAfter, found.LeadingTokens, options) : default);
    }

    private static RollingCut? Find(ReadOnlySpan<Unit> units, CondensationRequest request, RollingOptions options)
    {
        var fixedTokens = MessageCost.OfConversation + GapMarks.MostAroundPinned(request.Counter);
        var thoughtMarks = GapMarks.MostAroundThoughts(request.Counter);
        return RollingCut.Find(units, fixedTokens, thoughtMarks, options.BudgetOf(request.Budget), options)
            ?? RollingCut.Find(units, fixedTokens, thoughtMarks, request.Budget, options);
    }

    // The turn before this one ended where the model's last answer begins.
    private static int UnitsBeforeLastAnswer(ImmutableArray<Unit> units, IReadOnlyList<ConversationMessage> messages)
    {
        for (var unit = units.Length - 1; unit > 0; unit--)
        {
            if (messages[units[unit].First].Role == MessageRole.Assistant)
            {
                return unit;
            }
        }

        return 0;
    }

    // Null: what must stay takes more than the head may.
    private static CondensationResult? Write(IReadOnlyList<ConversationMessage> messages, int[] costs, CondensationRequest request, int cut, RollingCut found)
    {
        var head = new ConversationMessage[cut];
        for (var i = 0; i < cut; i++)
        {
            head[i] = messages[i];
        }

        var follows = FollowsAt(messages, cut);
        var draft = new Draft(head, ConversationUnits.OfHead(head, costs, follows.Role), request with { Budget = found.HeadBudget, Query = request.Query ?? "", Now = null }, follows);
        if (draft.Left < 0)
        {
            return null;
        }

        var merged = CondensationPlan.Select(draft);
        var written = draft.Write().ToBuilder();
        var mark = draft.MarkAtEnd;
        for (var i = cut; i < messages.Count; i++)
        {
            if (mark is not null && messages[i].Role != MessageRole.System)
            {
                Draft.AddMade(written, mark);
                mark = null;
            }

            written.Add(new CondensedMessage(i, messages[i].Role, null));
        }

        return new CondensationResult(() => $"{CondensedText.Write(draft)}\n\n{CondensedText.Join(messages.Skip(cut))}")
        {
            Messages = written.DrainToImmutable(),
            TokensBefore = MessageCost.OfConversation + costs.Sum(),
            TokensAfter = found.HeadBudget - draft.Left + found.TailTokens,
            Least = draft.Least + found.TailTokens,
            Merged = merged,
        };
    }

    // Where nobody has spoken yet after the cut, the model will: the head must not change when it does.
    private static ConversationMessage FollowsAt(IReadOnlyList<ConversationMessage> messages, int cut)
    {
        for (var i = cut; i < messages.Count; i++)
        {
            if (messages[i].Role != MessageRole.System)
            {
                return messages[i];
            }
        }

        return new ConversationMessage { Role = MessageRole.Assistant, Text = "" };
    }
}
