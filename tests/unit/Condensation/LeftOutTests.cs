using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Where the words of a message stay and its pictures do not, the text says so.</summary>
public sealed class LeftOutTests
{
    [Theory]
    [InlineData(CondensationStrategy.Structural)]
    [InlineData(CondensationStrategy.Semantic)]
    public void Picture_OfAMessageThatIsQuoted_IsNotedInItsPlace(CondensationStrategy strategy)
    {
        var messages = Enumerable.Range(0, 40).Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"It was a warm afternoon in town {i}.")).ToList();
        messages[10] = Conversations.Message(MessageRole.User, "The important result of Okafor must be 1,250 dollars.") with { Images = 1, Files = 2, IsIndivisible = true, OtherTokens = 2000 };
        messages.Add(Conversations.Message(MessageRole.User, "Go on."));

        var result = Condenser.Condense(messages, new CondensationRequest { Budget = 400, Counter = TokenCounters.O200k, Strategy = strategy });

        Assert.Contains("user [1 image, 2 files left out]: The important result of Okafor", result.Text, StringComparison.Ordinal);
        Assert.Equal((1, 2), LeftOut.Of(messages, result));
        Assert.InRange(3 + result.Messages.Sum(message => 4 + TokenCounters.O200k.Count(message.Text ?? messages[message.Source].Text)), 1, 400);
    }

    [Fact]
    public void Picture_OfAMessageThatStays_IsNotLeftOut()
    {
        List<ConversationMessage> messages = [Conversations.Message(MessageRole.User, "Look.") with { Images = 2, IsIndivisible = true }];

        Assert.Equal((0, 0), LeftOut.Of(messages, Condenser.Condense(messages, new CondensationRequest { Budget = 100, Counter = TokenCounters.O200k })));
    }

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(1, 0, "1 image")]
    [InlineData(0, 3, "3 files")]
    [InlineData(200, 1, "over 99 images, 1 file")]
    public void Named_SaysHowMany(int images, int files, string named) => Assert.Equal(named, LeftOut.Named(images, files));
}
