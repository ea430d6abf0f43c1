using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What announces a list or a block stays with whatever is kept of it.</summary>
public sealed class LeadInTests
{
    private const string Text =
        "Hello there. Do not do any of this:\n- delete the users table of Okafor\n- drop the Lisbon backups\n\nThis version is broken\uFF1A\n```sql\nselect Okafor;\n```\nIt was a quiet day. It was warm.";

    [Fact]
    public void Items_AndBlocks_BelongToWhatAnnouncesThem()
    {
        var pieces = new List<TextSegment>();
        TextSegments.Cut(Text, pieces);

        Assert.Equal([-1, -1, 1, 1, -1, 4, -1, -1], LeadIns.Of(Text, pieces));
    }

    [Fact]
    public void Lists_InLists_BelongToEachThatAnnouncesThem()
    {
        const string Nested = "Never do this:\n- in Lisbon:\n  - on Mondays:\n    - drop the tables\n";
        var pieces = new List<TextSegment>();
        TextSegments.Cut(Nested, pieces);

        Assert.Equal([-1, 0, 1, 2], LeadIns.Of(Nested, pieces));
    }

    // Each piece's chain is walked for each piece that is weighed.
    [Fact]
    public void Chains_OfLinesThatAllAnnounce_StayShort()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(static i => $"- a{i}:\n"));
        var pieces = new List<TextSegment>();
        TextSegments.Cut(text, pieces);
        var leads = LeadIns.Of(text, pieces);

        Assert.Equal(500, pieces.Count);
        Assert.All(Enumerable.Range(0, 500), piece => Assert.InRange(LengthOf(piece), 0, LeadIns.Deepest));
        Assert.Equal(LeadIns.Deepest, LengthOf(499));

        int LengthOf(int piece)
        {
            var length = 0;
            for (var i = leads[piece]; i >= 0; i = leads[i])
            {
                length++;
            }

            return length;
        }
    }

    [Theory]
    [InlineData(CondensationStrategy.Hybrid)]
    [InlineData(CondensationStrategy.Structural)]
    [InlineData(CondensationStrategy.Semantic)]
    public void Part_NeverHoldsAnItemOrBlock_WithoutWhatAnnouncesIt(CondensationStrategy strategy)
    {
        var kept = 0;
        for (var budget = 40; budget < 260; budget += 3)
        {
            var messages = Enumerable.Range(0, 8)
                .Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, Text.Replace("Okafor", $"Okafor{i}", StringComparison.Ordinal)))
                .Append(Conversations.Message(MessageRole.User, "drop the Lisbon backups"))
                .ToList();
            var result = Condenser.Condense(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Strategy = strategy });
            foreach (var part in result.Messages.Select(message => message.Text).OfType<string>())
            {
                Assert.True(!part.Contains("- d", StringComparison.Ordinal) || part.Contains("Do not do any of this:", StringComparison.Ordinal), part);
                Assert.True(!part.Contains("```", StringComparison.Ordinal) || part.Contains("This version is broken", StringComparison.Ordinal), part);
                kept += part.Contains("- d", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        Assert.InRange(kept, 5, int.MaxValue);
    }
}
