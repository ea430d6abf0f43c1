using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>A last message asks wherever its question stands in it, and however it is put.</summary>
public sealed class AskedTests
{
    private static readonly string[] Places = ["Lisbon", "Durban", "Kyoto", "Quito", "Oslo", "Perth", "Minsk", "Dakar", "Turin", "Lima"];

    [Theory]
    [InlineData("What was the booking code for Kyoto?")]
    [InlineData("What was the booking code for Kyoto? Thanks!")]
    [InlineData("What was the booking code for Kyoto? Answer in one line.")]
    [InlineData("Tell me the booking code for Kyoto again.")]
    [InlineData("please remind me of the booking code for Kyoto")]
    [InlineData("I am at the counter now. It is late. Nobody is here. What was the booking code for Kyoto? Thank you so much.")]
    public void Answer_IsFound_HoweverItIsAskedFor(string question)
    {
        Assert.Contains(13, Sources(question, "Kyoto", 6));
        Assert.Contains(71, Sources(question.Replace("Kyoto", "Quito", StringComparison.Ordinal), "Quito", 35));
    }

    // What the message only mentions takes no more than a share: what says much still has its place.
    [Fact]
    public void Mention_TakesAShareOnly()
    {
        var asked = Sources("I am on my way to Kyoto", "Kyoto", 6);

        Assert.Contains(13, asked);
        Assert.Contains(asked, source => source is >= 0 and < 60 && source % 2 == 1 && source != 13);
    }

    // Eighty messages, each with a fact of one of ten places.
    private static List<int> Sources(string question, string place, int at)
    {
        var messages = new List<ConversationMessage>();
        for (var i = 0; i < 40; i++)
        {
            messages.Add(Conversations.Message(MessageRole.User, $"We looked around in {Places[i % 2]} on that day, and the weather was {(i % 2 == 0 ? "warm" : "cold")} and quiet."));
            var name = i == at ? place : Places[4 + (i % 6)];
            messages.Add(Conversations.Message(MessageRole.Assistant, $"The {(i == at ? "booking" : "parking")} code for {name} is {(i * 7919) + 104729}."));
        }

        messages.Add(Conversations.Message(MessageRole.User, question));
        return [.. Condenser.Condense(messages, new CondensationRequest { Budget = 200, Counter = TokenCounters.O200k }).Messages.Select(message => message.Source)];
    }
}
