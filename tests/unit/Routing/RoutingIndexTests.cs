using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class RoutingIndexTests
{
    [Fact]
    public void Resolve_ModelOfTwoProviders_FindsBoth() =>
        Assert.Equal(["a:gpt", "b:gpt"], Names(Index(Provider("a", "gpt"), Provider("b", "gpt"), Provider("c", "other")).Resolve("gpt")));

    [Fact]
    public void Resolve_PrefixOfAProvider_FindsThatProviderAlone() =>
        Assert.Equal(["b:gpt"], Names(Index(Provider("a", "gpt"), Provider("b", "gpt")).Resolve("b/gpt")));

    [Fact]
    public void Resolve_PrefixThatIsNoProvider_BelongsToTheName() =>
        Assert.Equal(["a:meta/llama"], Names(Index(Provider("a", "meta/llama")).Resolve("meta/llama")));

    [Fact]
    public void Resolve_NameListedElsewhereWithAProvidersPrefix_PrefersTheProvider()
    {
        var index = Index(Provider("openai", "gpt"), Provider("router", "openai/gpt", "openai/old"));

        Assert.Equal(["openai:gpt"], Names(index.Resolve("openai/gpt")));
        Assert.Equal(["router:openai/old"], Names(index.Resolve("openai/old")));
        Assert.Equal(["router:openai/gpt"], Names(index.Resolve("router/openai/gpt")));
    }

    [Fact]
    public void Resolve_PrefixWithAModelThatProviderLacks_IsNotServedByAnothersPattern() =>
        Assert.Equal(CandidateState.UnknownModel, Index(Provider("a", "gpt"), Provider("b", "*")).Resolve("a/none").State);

    [Fact]
    public void Resolve_Pattern_SendsTheNameThatWasAskedFor()
    {
        var index = Index(Provider("a", "claude-*"), Provider("b", "*"));

        Assert.Equal(["a:claude-3", "b:claude-3"], Names(index.Resolve("claude-3")));
        Assert.Equal(["b:gpt"], Names(index.Resolve("gpt")));
    }

    [Fact]
    public void Resolve_TwoEntriesThatMatch_TakesTheFirst()
    {
        var provider = Provider("a") with { Models = [new() { Id = "gpt-*", UpstreamId = "first" }, new() { Id = "gpt-4", UpstreamId = "second" }] };

        Assert.Equal(["a:first"], Names(Index(provider).Resolve("gpt-4")));
    }

    [Fact]
    public void Resolve_UnknownName_SaysSo() => Assert.Equal(CandidateState.UnknownModel, Index(Provider("a", "gpt")).Resolve("other").State);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/gpt")]
    [InlineData("a/")]
    public void Resolve_OddName_IsUnknown(string name) =>
        Assert.Equal(CandidateState.UnknownModel, Index(Provider("a", "gpt")).Resolve(name).State);

    [Fact]
    public void Resolve_DisabledOrDrainingProvidersOnly_IsOutOfService()
    {
        var index = Index(Provider("a", "gpt") with { Enabled = false }, Provider("b", "gpt") with { Draining = true });

        Assert.Equal(CandidateState.OutOfService, index.Resolve("gpt").State);
        Assert.Empty(index.ModelNames);
    }

    [Fact]
    public void Resolve_Alias_FindsEachModelOnce()
    {
        var index = Index([Provider("a", "x", "y"), Provider("b", "y")], [new AliasDefinition("smart", ["a/x", "y", "a/y"], Ordered: false)]);

        Assert.Equal(["a:x", "a:y", "b:y"], Names(index.Resolve("smart")));
        Assert.Equal(["smart", "x", "y"], index.ModelNames);
    }

    [Fact]
    public void Resolve_AliasNamedLikeItsModel_StandsForTheModel() =>
        Assert.Equal(["b:gpt"], Names(Index([Provider("a", "gpt"), Provider("b", "gpt")], [new("gpt", ["b/gpt"], false)]).Resolve("gpt")));

    [Fact]
    public void Resolve_MoreNamesThanAreRemembered_StillAnswers()
    {
        var index = Index(Provider("a", "*"));
        for (var i = 0; i < (3 * RoutingTopology.RememberedNames) + 1; i++)
        {
            Assert.Equal([$"a:m{i}"], Names(index.Resolve($"m{i}")));
        }
    }

    [Fact]
    public void Supports_TypeThatCannot_CutsTheEntry()
    {
        var definitions = new RoutingDefinitions(SnapshotVersion.None, [Provider("a", "gpt")], []);
        var index = RoutingIndex.Build(definitions, ScoreVector.Empty, ScoreWeights.Default, _ => ModelCapabilities.Chat);

        Assert.True(index.Resolve("gpt").Supports(ModelCapabilities.Chat));
        Assert.False(index.Resolve("gpt").Supports(ModelCapabilities.Chat | ModelCapabilities.Vision));
    }

    [Fact]
    public void WithScores_OfOneEntry_TellsStatusForAllEntriesOfItsProvider()
    {
        var index = Index(Provider("a", "m", "n")).WithScores(new(SnapshotVersion.None, [Score("a", 50, ProviderStatus.Unhealthy)]));

        Assert.Equal(ProviderStatus.Unhealthy, index.Resolve("n").StatusOf(0));
    }

    [Theory]
    [InlineData("m n o")]
    [InlineData("o n m")]
    [InlineData("n o other m")]
    public void WithScores_InAnyOrder_GivesEachEntryItsOwn(string order)
    {
        var performance = new Dictionary<string, double> { ["m"] = 10, ["n"] = 20, ["o"] = 30, ["other"] = 40 };
        var scores = order.Split(' ').Select(model => Score("a", performance[model]) with { Model = model });

        var index = Index(Provider("a", "m", "n", "o"), Provider("b", "m")).WithScores(new(SnapshotVersion.None, [.. scores, Score("gone", 99)]));

        Assert.Equal([10d, 20d, 30d], new[] { "m", "n", "o" }.Select(model => index.Resolve("a/" + model).StandingOf(0).Performance));
        Assert.Equal(Standing.NoData, index.Resolve("b/m").StandingOf(0));
    }
}
