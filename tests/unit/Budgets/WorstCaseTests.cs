using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Tests.Unit.Budgets;

public sealed class WorstCaseTests
{
    private static readonly ModelDefinition Model = new()
    {
        Id = "m",
        ContextLengthTokens = 10_000,
        MaxOutputTokens = 1_000,
        InputCostPerMillion = 1,
        OutputCostPerMillion = 10,
    };

    [Fact]
    public void Dollars_CountPromptAndEveryLongestAnswer() =>
        Assert.Equal(Money.ToNanoDollars(0.0005m + (3 * 0.01m)), new WorstCase(500, 0, 3, false).NanoDollarsAt(Model, 1));

    [Fact]
    public void Dollars_WithTheClientsOwnLimit_CountNoMoreThanThat() =>
        Assert.Equal(Money.ToNanoDollars(0.0005m + 0.001m), new WorstCase(500, 100, 1, false).NanoDollarsAt(Model, 1));

    [Fact]
    public void Dollars_OfAPromptThatIsWrittenToTheCache_AreThoseOfWriting() =>
        Assert.Equal(Money.ToNanoDollars(0.00125m), new WorstCase(500, 0, 0, false).NanoDollarsAt(Model with { CacheWriteCostPerMillion = 2.5m }, 1));

    [Fact]
    public void Dollars_OfAConversationThatTheProviderKeeps_CountTheWholeContext() =>
        Assert.Equal(Money.ToNanoDollars(0.01m), new WorstCase(500, 0, 0, true).NanoDollarsAt(Model, 1));

    [Fact]
    public void Dollars_OfAConversationThatTheProviderKeeps_CountEachAttemptsPrompt() =>
        Assert.Equal(Money.ToNanoDollars(0.018m), new WorstCase(6_000, 0, 0, true) { LikelyPromptTokens = 6_000, MostAttempts = 3 }.NanoDollarsAt(Model, 1));

    [Fact]
    public void Dollars_WithoutAPrice_AreNotKnown() =>
        Assert.Null(new WorstCase(500, 0, 1, false).NanoDollarsAt(new ModelDefinition { Id = "m" }, 1));

    [Theory]
    [InlineData(1_000, 10_000, 0, 1_000)]
    [InlineData(1_000, 10_000, 5_000, 1_000)]
    [InlineData(1_000, 10_000, 200, 200)]
    [InlineData(0, 10_000, 0, 4_096)]
    [InlineData(0, 2_000, 0, 2_000)]
    [InlineData(0, 2_000, 3_000, 2_000)]
    [InlineData(0, 0, 0, 4_096)]
    [InlineData(0, 0, 90_000, 90_000)]
    public void Output_IsBoundedByTheModelTheContextAndTheClient(int ofModel, int context, int ofClient, int expected) =>
        Assert.Equal(expected, new WorstCase(1, ofClient, 1, false).OutputTokensAt(new ModelDefinition { Id = "m", MaxOutputTokens = ofModel, ContextLengthTokens = context }, 4_096));
}
