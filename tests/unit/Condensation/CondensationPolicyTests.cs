using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class CondensationPolicyTests
{
    [Fact]
    public void Automatic_WhereNothingSaysSo_IsOff() => Assert.False(new CondensationPolicy(new CondensationOptions()).IsEverAutomatic);

    [Fact]
    public void Automatic_ForOneModel_IsEverOn()
    {
        var options = new CondensationOptions();
        options.Models["smart"] = new CondensationModelOptions { Automatic = true };

        Assert.True(new CondensationPolicy(options).IsEverAutomatic);
    }

    [Theory]
    [InlineData(1000, 0, 200, 800, 750)]
    [InlineData(1000, 300, 200, 800, 300)]
    [InlineData(1000, 0, 1200, 0, 0)]
    [InlineData(0, 300, 200, int.MaxValue, 300)]
    public void Room_IsWhatContextAnswerAndCapLeave(int context, int cap, int answer, int prompt, int messages)
    {
        var room = new ContextRoom(TokenCounters.O200k, CondensationStrategy.Hybrid, context, answer, cap, IsCapHard: false);

        Assert.Equal((prompt, messages), (room.Prompt, room.Messages(fixedTokens: 50)));
    }

    [Fact]
    public void Room_HoldsForCertain_OnlyWhatHasNoMoreBytesThanItHasTokens()
    {
        var exact = new ContextRoom(TokenCounters.For("gpt-4o"), CondensationStrategy.Hybrid, 1000, 200, 0, IsCapHard: false);
        var estimated = exact with { Counter = TokenCounters.For("claude-x") };

        Assert.Equal((true, false), (exact.HoldsAll(800), exact.HoldsAll(801)));
        Assert.Equal((true, false), (estimated.HoldsAll(533), estimated.HoldsAll(534)));
        Assert.False((exact with { Cap = 5 }).HoldsAll(10));
    }
}
