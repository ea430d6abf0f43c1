using System.Collections.Immutable;
using CsCheck;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>The model's words never come to answer what they did not: where whole messages are gone between them, a mark says so.</summary>
public sealed class GapMarkTests
{
    private static readonly Gen<(int Seed, int Turns, CondensationStrategy Strategy, int Budget, string? Query)> Cases =
        Gen.Select(Gen.Int, Gen.Int[4, 60], Gen.Enum<CondensationStrategy>(), Gen.Int[60, 2500], Gen.Bool.Select(asks => asks ? "When is the release?" : null));

    [Fact]
    public void Answer_NeverFollowsAnotherMessageOfTheUser_WithoutAMark()
    {
        var marks = new Tally();
        Cases.Sample(
            @case =>
            {
                var messages = Conversations.Of(@case.Seed, @case.Turns);
                var request = new CondensationRequest { Budget = @case.Budget, Counter = TokenCounters.O200k, Strategy = @case.Strategy, Query = @case.Query };
                var marked = AssertMarked(messages, Condenser.Condense(messages, request));

                // Structural keeps no message besides what must stay.
                marks.Add(@case.Strategy, @case.Strategy == CondensationStrategy.Structural ? 1 : marked);
                AssertMarked(messages, RollingCondensation.Condense(messages, request, new RollingOptions()).Result);
            },
            iter: 600);

        marks.AssertAtLeast(20);
    }

    [Fact]
    public void Answer_WhoseOwnQuestionIsGone_StandsBehindAMark()
    {
        List<ConversationMessage> messages =
        [
            Conversations.Message(MessageRole.User, "Can I drop the prod table of Lindiwe Okafor? It is urgent and important, an error, a bug to fix."),
            Conversations.Message(MessageRole.Assistant, "No."),
            Conversations.Message(MessageRole.User, string.Join(' ', Enumerable.Repeat("And what about all of the other ones that we had before?", 20))),
            Conversations.Message(MessageRole.Assistant, "Yes, Ada confirmed it: important, urgent."),
            Conversations.Message(MessageRole.User, "Thanks"),
        ];
        var costs = messages.ConvertAll(message => 4 + TokenCounters.O200k.Count(message.Text));
        var mark = 4 + TokenCounters.O200k.Count("[…]");

        // Room for all but the long question and the short answer, with the mark and without.
        var budget = 3 + costs[0] + costs[3] + costs[4] + mark;
        Assert.Equal([0, -1, 3, 4], Condense(messages, budget).Select(message => message.Source));
        Assert.Equal([0, 1, 4], Condense(messages, budget - 1).Select(message => message.Source));
        Assert.Equal("[…]", Condense(messages, budget)[1].Text);
    }

    private static ImmutableArray<CondensedMessage> Condense(List<ConversationMessage> messages, int budget) =>
        Condenser.Condense(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Temporal }).Messages;

    // How many answers stand behind a mark.
    private static int AssertMarked(List<ConversationMessage> messages, CondensationResult result)
    {
        var marked = 0;
        var spoken = result.Messages.Where(message => message.Role != MessageRole.System).ToList();
        foreach (var (before, after) in spoken.Zip(spoken.Skip(1)))
        {
            if (before.Role != MessageRole.User || after.Role != MessageRole.Assistant)
            {
                continue;
            }

            if (before.Source >= 0 && !messages[after.Source].Calls.IsEmpty && messages[before.Source] is { Answers.IsEmpty: false, OwnText: null }
                && messages[before.Source..after.Source].TrueForAll(message => message.Role != MessageRole.User || !message.Answers.IsEmpty))
            {
                // Rounds of tools of one turn answer nobody.
                continue;
            }

            marked += before is { Source: < 0, Text: "[…]" } ? 1 : 0;
            Assert.True(
                before.Source < 0 || messages[(before.Source + 1)..after.Source].TrueForAll(message => message.Role == MessageRole.System),
                $"{after.Source} follows {before.Source}");
        }

        return marked;
    }
}
