using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Tests.Unit.Costs;

public sealed class ModelCatalogueTests
{
    [Theory]
    [InlineData("openai", "gpt-4o", 2.5, 10)]
    [InlineData("openai", "gpt-4o-2024-08-06", 2.5, 10)]
    [InlineData("openai", "gpt-4o-2024-05-13", 5, 15)]
    [InlineData("azure-openai", "gpt-4o-mini", 0.15, 0.6)]
    [InlineData("openai", "gpt-4.1-nano", 0.1, 0.4)]
    [InlineData("openai", "gpt-5-2025-08-07", 1.25, 10)]
    [InlineData("openai", "gpt-5-mini", 0.25, 2)]
    [InlineData("anthropic", "claude-sonnet-4-5-20250929", 3, 15)]
    [InlineData("anthropic", "claude-opus-4-1", 15, 75)]
    [InlineData("anthropic", "claude-opus-4-5", 5, 25)]
    [InlineData("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 1, 5)]
    [InlineData("gemini", "gemini-2.5-pro", 1.25, 10)]
    public void Model_IsFoundByItsNameAtItsProvider(string type, string model, double input, double output)
    {
        var facts = ModelCatalogue.Shipped.Find(type, model);

        Assert.Equal(((decimal)input, (decimal)output), (facts!.Input, facts.Output));
    }

    [Theory]
    [InlineData("openai", "gpt-4o-audio-preview")]
    [InlineData("openai", "GPT-4O")]
    [InlineData("vllm", "gpt-4o")]
    [InlineData("openai", "")]
    public void ModelThatIsNotListed_IsNotGuessed(string type, string model) => Assert.Null(ModelCatalogue.Shipped.Find(type, model));

    [Fact]
    public void EveryEntry_IsPlausible() => Assert.All(ModelCatalogue.Shipped.Entries, static entry =>
    {
        var (_, id, facts) = entry;
        Assert.True(facts.Input > 0, id);
        Assert.True(facts.Output == 0 || facts.Output > facts.Input, id);
        Assert.True(facts.CacheRead is null || facts.CacheRead < facts.Input, id);
        Assert.True(facts.CacheWrite is null || facts.CacheWrite >= facts.Input, id);
        Assert.True(facts.ContextLengthTokens == 0 || facts.MaxOutputTokens <= facts.ContextLengthTokens, id);
    });

    [Fact]
    public void EveryEntry_IsReached() => Assert.All(ModelCatalogue.Shipped.Entries, static entry =>
        Assert.Same(entry.Facts, ModelCatalogue.Shipped.Find(entry.Type, entry.Id.Replace("*", "", StringComparison.Ordinal)) ?? entry.Facts));

    [Theory]
    [InlineData("o1", true)]
    [InlineData("o3-mini-2025-01-31", true)]
    [InlineData("gpt-5", true)]
    [InlineData("gpt-5-chat-latest", false)]
    [InlineData("gpt-5.2-chat-latest", false)]
    [InlineData("openai/gpt-5-mini", true)]
    [InlineData("openai/gpt-oss-120b", true)]
    [InlineData("gpt-4o", false)]
    [InlineData("gpt-4.1", false)]
    [InlineData("claude-opus-4-7", true)]
    [InlineData("us.anthropic.claude-opus-4-6-v1", true)]
    [InlineData("claude-sonnet-4-5", false)]
    [InlineData("claude-3-5-sonnet-latest", false)]
    [InlineData("models/gemini-2.5-pro", true)]
    [InlineData("gemini-2.5-flash-lite", false)]
    [InlineData("gemini-2.0-flash", false)]
    [InlineData("gemini-3-pro-image-preview", false)]
    [InlineData("grok-4-fast-reasoning", true)]
    [InlineData("grok-4-fast-non-reasoning", false)]
    [InlineData("deepseek-reasoner", true)]
    [InlineData("deepseek-chat", false)]
    [InlineData("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", true)]
    [InlineData("us.deepseek.r1-v1:0", true)]
    [InlineData("Qwen/QwQ-32B", true)]
    [InlineData("qwen3-235b-a22b-thinking-2507", true)]
    [InlineData("llama-3.3-70b-versatile", false)]
    [InlineData("text-embedding-3-small", false)]
    [InlineData("o", false)]
    [InlineData("", false)]
    public void Model_ThatThinksBeforeItAnswers_IsKnownByItsName(string model, bool thinks) =>
        Assert.Equal(thinks, ModelCatalogue.Shipped.IsReasoning(model));

    [Fact]
    public void WhatAnEntrySays_Wins()
    {
        var entry = new ModelDefinition { Id = "gpt-4o", ContextLengthTokens = 1000, InputCostPerMillion = 1 };

        var filled = ModelCatalogue.Shipped.Fill("openai", "gpt-4o", entry);

        Assert.Equal(entry with { MaxOutputTokens = 16384 }, filled);
    }

    [Fact]
    public void Pattern_IsFilledForTheModelThatIsAskedFor()
    {
        var provider = new ProviderDefinition { Name = "p", Type = "openai", Models = [new ModelDefinition { Id = "*" }] };
        var index = RoutingIndex.Build(RoutingDefinitions.Empty with { Providers = [provider] }, ScoreVector.Empty, ScoreWeights.Default);

        var mini = index.Resolve("gpt-4o-mini")[0];
        var other = index.Resolve("other")[0];

        Assert.Equal((128000, 0.15m, "*"), (mini.Entry.ContextLengthTokens, mini.Entry.InputCostPerMillion, mini.Entry.Id));
        Assert.True(mini.Price.IsKnown);
        Assert.False(other.Price.IsKnown);
    }
}
