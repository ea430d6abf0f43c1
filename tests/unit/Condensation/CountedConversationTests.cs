using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class CountedConversationTests
{
    [Theory]
    [InlineData(CondensationStrategy.Hybrid)]
    [InlineData(CondensationStrategy.Structural)]
    [InlineData(CondensationStrategy.Temporal)]
    [InlineData(CondensationStrategy.Semantic)]
    public void Counts_ThatAreHandedOver_ChangeNothing(CondensationStrategy strategy)
    {
        var messages = Conversations.Of(seed: 5, turns: 40);
        var request = new CondensationRequest { Budget = 600, Counter = TokenCounters.O200k, Strategy = strategy };
        var counted = request with { Counted = MessageCost.OfAll(messages, request.Counter, CancellationToken.None) };

        var (one, other) = (Condenser.Condense(messages, request), Condenser.Condense(messages, counted));
        var (rolled, rolledCounted) = (RollingCondensation.Condense(messages, request, new RollingOptions()), RollingCondensation.Condense(messages, counted, new RollingOptions()));

        Assert.True(one.TokensAfter < one.TokensBefore, "Nothing was condensed.");
        Assert.Equal((one.TokensBefore, one.TokensAfter, one.Text), (other.TokensBefore, other.TokensAfter, other.Text));
        Assert.Equal(one.Messages, other.Messages);
        Assert.Equal(rolled.Result.Messages, rolledCounted.Result.Messages);
    }

    [Fact]
    public void Counts_OfAnotherConversation_AreRefused()
    {
        var request = new CondensationRequest { Budget = 600, Counter = TokenCounters.O200k, Counted = [7] };

        Assert.Throws<ArgumentException>(() => Condenser.Condense(Conversations.Of(seed: 5, turns: 4), request));
    }
}
