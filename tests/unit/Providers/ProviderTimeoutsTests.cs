using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Tests.Unit.Providers;

public sealed class ProviderTimeoutsTests
{
    [Theory]
    [InlineData(30, 0, 180)]
    [InlineData(30, 90, 90)]
    [InlineData(30, 20, 30)]
    [InlineData(300, 0, 300)]
    [InlineData(1, 0.5, 1)]
    public void Limits_OfAModelThatThinks_AreTheLongerOnes(double usual, double reasoning, double expected)
    {
        var timeouts = Limits(usual) with { Reasoning = TimeSpan.FromSeconds(reasoning) };

        var thinking = timeouts.For(isReasoning: true);

        Assert.Equal((TimeSpan.FromSeconds(expected), TimeSpan.FromSeconds(expected)), (thinking.FirstToken, thinking.Idle));
        Assert.Equal((timeouts.Connect, timeouts.Total), (thinking.Connect, thinking.Total));
        Assert.Equal(timeouts, timeouts.For(isReasoning: false));
    }

    // At the default of 30 s: a thousand prompt tokens are a second, five answer tokens another one.
    [Theory]
    [InlineData(0, 0, 30)]
    [InlineData(0, 100, 50)]
    [InlineData(4000, 100, 54)]
    [InlineData(0, 2800, 590)]
    [InlineData(0, 2900, 600)]
    [InlineData(0, int.MaxValue, 600)]
    [InlineData(int.MaxValue, 0, 600)]
    [InlineData(100, null, 600)]
    public void FirstByte_OfAWholeAnswer_MayTakeAsLongAsTheAnswer(int prompt, int? answer, double expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), ProviderTimeouts.Default.ToFirstByte(prompt, answer));

    [Theory]
    [InlineData(45, null, 45)]
    [InlineData(45, 100_000, 45)]
    [InlineData(700, 1, 600)]
    public void FirstByte_WhereALimitIsConfigured_IsHeldToItWhateverTheSize(double limit, int? answer, double expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected), (ProviderTimeouts.Default with { Answer = TimeSpan.FromSeconds(limit) }).ToFirstByte(0, answer));

    [Theory]
    [InlineData(0, 100, 200)]
    [InlineData(45, 100, 180)]
    [InlineData(400, 100, 400)]
    public void FirstByte_OfAModelThatThinks_IsNotHeldToLessThanThat(double limit, int answer, double expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected),
            (ProviderTimeouts.Default with { Answer = TimeSpan.FromSeconds(limit) }).For(isReasoning: true).ToFirstByte(0, answer));

    [Theory]
    [InlineData("o3", null, null, 180)]
    [InlineData("gpt-4o", null, null, 30)]
    [InlineData("my-deployment", "gpt-5", null, 180)]
    [InlineData("gpt-5", "my-deployment", null, 180)]
    [InlineData("o3", null, false, 30)]
    [InlineData("my-own", null, true, 180)]
    public void Candidate_HasTheLimitsOfItsModel(string model, string? upstream, bool? reasoning, double expected)
    {
        var entry = new ModelDefinition { Id = model, UpstreamId = upstream, Reasoning = reasoning };
        var provider = new ProviderDefinition { Name = "p", Type = "vllm", Models = [entry] };

        var index = RoutingIndex.Build(RoutingDefinitions.Empty with { Providers = [provider] }, ScoreVector.Empty, ScoreWeights.Default);

        Assert.Equal(TimeSpan.FromSeconds(expected), index.Resolve(model)[0].Timeouts.FirstToken);
    }

    private static ProviderTimeouts Limits(double usualSeconds) => ProviderTimeouts.Default with
    {
        FirstToken = TimeSpan.FromSeconds(usualSeconds),
        Idle = TimeSpan.FromSeconds(usualSeconds),
    };
}
