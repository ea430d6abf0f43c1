using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>What a request costs is estimated in one way, whoever asks.</summary>
public sealed class EstimatedCostTests
{
    [Theory]
    [InlineData(ModelCapabilities.Chat, 0, 256)]
    [InlineData(ModelCapabilities.Chat | ModelCapabilities.Tools | ModelCapabilities.Streaming, 0, 256)]
    [InlineData(ModelCapabilities.Completions, 0, 256)]
    [InlineData(ModelCapabilities.Chat, 1, 1)]
    [InlineData(ModelCapabilities.Chat, 4096, 4096)]
    [InlineData(ModelCapabilities.Embeddings, 0, 0)]
    [InlineData(ModelCapabilities.Rerank, 0, 0)]
    public void Answer_WithoutALimit_IsTakenToHave256TokensOfText(ModelCapabilities required, int limit, int expected)
    {
        var request = new PickRequest(required, 1000, limit);

        Assert.Equal(expected, request.EstimatedOutputTokens);
        Assert.Equal(0.001 + (expected * 0.000_01), request.CostAt(new TokenPrice(0.000_001, 0.000_01, IsKnown: true)), 12);
    }

    [Fact]
    public void ScoreAndStrategy_WithoutALimit_AgreeOnWhoIsCheaper()
    {
        // For the prompt alone the second would be the cheaper: 20 tokens at 10 and 256 at 1 against 20 at 0.1 and 256 at 30.
        var set = Index(Priced("dearIn", 10, 1), Priced("dearOut", 0.1m, 30)).Resolve("m");
        var request = new PickRequest(ModelCapabilities.Chat, 20, 0);

        var scores = Enumerable.Range(0, 2).Select(i => ProviderPicker.Score(set, i, request, new Idle()).Cost).ToArray();

        Assert.Equal(100 - (1000 * ((20 * 10) + 256) / 1e6), scores[0], 9);
        Assert.Equal(100 - (1000 * ((20 * 0.1) + (256 * 30)) / 1e6), scores[1], 9);
        Assert.Equal(0, Pick(set, request, strategy: CostStrategy.Instance));
    }

    [Fact]
    public void Context_IsHeldAgainstWhatIsKnownAlone() => Assert.Equal(1000, new PickRequest(ModelCapabilities.Chat, 1000, 0).TotalTokens);

    private static ProviderDefinition Priced(string name, decimal input, decimal output) =>
        Provider(name) with { Models = [new() { Id = "m", InputCostPerMillion = input, OutputCostPerMillion = output }] };
}
