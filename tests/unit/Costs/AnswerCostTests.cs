using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Tests.Unit.Costs;

public sealed class AnswerCostTests
{
    private static readonly TokenUsage Usage = new(1_000_000, 2_000_000, 3_000_000, 400_000, 100_000);

    [Fact]
    public void EachBucket_HasItsPrice()
    {
        var entry = new ModelDefinition { Id = "m", InputCostPerMillion = 3, CacheReadCostPerMillion = 0.3m, CacheWriteCostPerMillion = 3.75m, OutputCostPerMillion = 15 };

        Assert.Equal(3 + 0.6m + 11.25m + 7.5m, AnswerCost.DollarsOf(entry, Usage));
    }

    [Fact]
    public void CacheWithoutAPrice_CostsWhatOtherPromptTokensDo()
    {
        var entry = new ModelDefinition { Id = "m", InputCostPerMillion = 3, OutputCostPerMillion = 15 };

        Assert.Equal(18 + 7.5m, AnswerCost.DollarsOf(entry, Usage));
    }

    [Fact]
    public void NoPrice_IsNotNoCost() => Assert.Null(AnswerCost.DollarsOf(new ModelDefinition { Id = "m" }, Usage));
}
