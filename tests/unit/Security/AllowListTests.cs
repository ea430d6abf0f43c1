using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>What a caller's lists of models and regions leave of what there is (RELIABILITY S23).</summary>
public sealed class AllowListTests
{
    private static readonly PickRequest Chat = new(ModelCapabilities.Chat, 10, 10);

    private static readonly RoutingIndex Index = Index(
        [
            Provider("openai", "gpt-4o", "gpt-4o-mini", "o3") with { Region = "us-east" },
            Provider("azure", "gpt-4o") with { Region = "eu-west" },
            Provider("anthropic", "claude-sonnet") with { Region = "eu-west" },
            Provider("homeless", "gpt-4o"),
            Provider("off", "retired") with { Enabled = false },
        ],
        [
            new AliasDefinition("smart", ["openai/gpt-4o", "anthropic/claude-sonnet"], Ordered: true),
            new AliasDefinition("gpt-anything", ["anthropic/claude-sonnet"], Ordered: true),
        ]);

    [Theory]
    [InlineData("gpt-4o", "gpt-4o", true)]
    [InlineData("gpt-4o", "gpt-4o-mini", false)]
    [InlineData("gpt-4o", "GPT-4o", false)]
    [InlineData("gpt-4o", "gpt-4o ", false)]
    [InlineData("gpt-4o", " gpt-4o", false)]
    [InlineData("gpt-4o", "gpt-4o\0", false)]
    [InlineData("gpt-4o", "gpt-4о", false)] // a Cyrillic о
    [InlineData("gpt-4o", "gpt‐4o", false)] // a hyphen of another kind
    [InlineData("gpt-4o", "", false)]
    [InlineData("gpt-*", "gpt-4o", true)]
    [InlineData("gpt-*", "gpt-", true)]
    [InlineData("gpt-*", "xgpt-4o", false)]
    [InlineData("*-mini", "gpt-4o-mini", true)]
    [InlineData("*-mini", "gpt-4o-mini-x", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    [InlineData("gpt-?o", "gpt-4o", false)]
    [InlineData("gpt-.o", "gpt-4o", false)]
    [InlineData("*", "anything", true)]
    [InlineData("", "", false)]
    [InlineData("", "gpt-4o", false)]
    public void Pattern_AllowsWhatItSays(string pattern, string name, bool allowed) =>
        Assert.Equal(allowed, AllowList.Allows([pattern], name));

    [Fact]
    public void List_ThatIsEmpty_AllowsEverything()
    {
        Assert.True(AllowList.Allows([], "x"));
        Assert.True(AllowList.Allows(default, "x"));
        Assert.False(CallerOf().IsRestricted);
    }

    [Theory]
    [InlineData("gpt-4o", "gpt-4o", null)]
    [InlineData("gpt-4o", "openai/gpt-4o", null)]
    [InlineData("gpt-4o", "o3", "model_not_allowed")]
    [InlineData("gpt-4o", "openai/o3", "model_not_allowed")]
    [InlineData("gpt-4o", "no-such-model", "model_not_allowed")]
    [InlineData("no-*", "no-such-model", null)]
    [InlineData("openai/*", "gpt-4o", null)]
    [InlineData("openai/*", "azure/gpt-4o", "model_not_allowed")]
    [InlineData("openai/*", "claude-sonnet", "model_not_allowed")]
    [InlineData("retired", "retired", null)]
    [InlineData("gpt-4o", "retired", "model_not_allowed")]
    public void Model_IsAllowedByItsNameOrItsProviders(string pattern, string model, string? code) =>
        Assert.Equal(code, Refuse(CallerOf([pattern]), model)?.Code);

    [Theory]
    [InlineData("smart", "smart", null)]
    [InlineData("gpt-4o", "smart", null)]
    [InlineData("o3", "smart", "model_not_allowed")]
    [InlineData("smart", "gpt-4o", "model_not_allowed")]
    [InlineData("gpt-*", "gpt-anything", "model_not_allowed")]
    [InlineData("gpt-anything", "gpt-anything", null)]
    [InlineData("*", "gpt-anything", null)]
    public void Alias_IsAllowedByItsWholeName_ElseByItsModels(string pattern, string alias, string? code) =>
        Assert.Equal(code, Refuse(CallerOf([pattern]), alias)?.Code);

    [Fact]
    public void Alias_OfWhichOneModelIsAllowed_IsServedByThatOneOnly()
    {
        Assert.Equal(["openai:ModelNotAllowed", "anthropic:"], Told(CallerOf(["claude-*"]), "smart"));
        Assert.Equal("anthropic", Picked(CallerOf(["claude-*"]), "smart"));
        Assert.Equal("openai", Picked(CallerOf(["smart"]), "smart"));
    }

    [Fact]
    public void Provider_ThatIsNotAllowed_ServesNobodyElse()
    {
        Assert.Equal(["openai:ModelNotAllowed", "azure:", "homeless:ModelNotAllowed"], Told(CallerOf(["azure/*"]), "gpt-4o"));
        Assert.Equal("azure", Picked(CallerOf(["azure/*"]), "gpt-4o"));
    }

    [Fact]
    public void Region_ThatIsNotAllowed_ServesNobody_AndNeitherDoesOneThatIsNotKnown()
    {
        var caller = CallerOf(regions: ["eu-*"]);

        Assert.Equal(["openai:RegionNotAllowed", "azure:", "homeless:RegionNotAllowed"], Told(caller, "gpt-4o"));
        Assert.Equal("azure", Picked(caller, "gpt-4o"));
        Assert.Equal("region_not_allowed", Refuse(caller, "o3")?.Code);
        Assert.Equal("region_not_allowed", Refuse(CallerOf(regions: ["EU-WEST"]), "gpt-4o")?.Code);
    }

    [Fact]
    public void Lists_OfKeyUserAndTeam_HoldTogether()
    {
        var caller = new Caller
        {
            Subject = "key:a",
            Name = "a",
            IsLimited = true,
            Accounts =
            [
                new Account("key:a") { Models = ["gpt-*"] },
                new Account("user:u") { Models = ["*-mini", "claude-*"] },
                new Account("team:t") { Regions = ["us-east"] },
            ],
        };

        Assert.Null(Refuse(caller, "gpt-4o-mini"));
        Assert.Equal("model_not_allowed", Refuse(caller, "gpt-4o")?.Code);
        Assert.Equal("model_not_allowed", Refuse(caller, "claude-sonnet")?.Code);
        caller.Accounts[2].Regions = ["eu-west"];
        Assert.Equal("region_not_allowed", Refuse(caller, "gpt-4o-mini")?.Code);
    }

    [Fact]
    public void Provider_ForcedOutsideTheLists_IsRefused()
    {
        var candidates = Index.Resolve("gpt-4o");

        Assert.Null(ModelAccess.Refuse(CallerOf(["azure/*"]), candidates, "gpt-4o", "azure"));
        Assert.Equal("model_not_allowed", ModelAccess.Refuse(CallerOf(["azure/*"]), candidates, "gpt-4o", "openai")?.Code);
    }

    private static GatewayApi.Errors.Refusal? Refuse(Caller caller, string model) => ModelAccess.Refuse(caller, Index.Resolve(model), model, null);

    private static string Picked(Caller caller, string model)
    {
        var set = Index.Resolve(model);
        return set[Pick(set, Chat with { Filter = ModelAccess.FilterOf(caller) })].Provider.Name;
    }

    private static IEnumerable<string> Told(Caller caller, string model)
    {
        var set = Index.Resolve(model);
        var moment = new PickMoment(new Idle(), 0.5, Now);
        var strategy = Core.Routing.Strategies.BuiltInStrategies.Find(set.Alias?.StrategyInForce ?? "intelligent")!;
        return ProviderPicker.Explain(set, Chat with { Filter = ModelAccess.FilterOf(caller) }, strategy, moment).Candidates
            .Select(static one => $"{one.Candidate.Provider.Name}:{(one.Exclusions == Exclusion.None ? "" : one.Exclusions)}");
    }

    private static Caller CallerOf(ImmutableArray<string> models = default, ImmutableArray<string> regions = default) => new()
    {
        Subject = "user:u",
        Name = "u",
        IsLimited = true,
        Accounts = [new Account("user:u") { Models = models, Regions = regions }],
    };
}
