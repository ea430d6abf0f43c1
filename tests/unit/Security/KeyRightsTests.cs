using System.Collections.Immutable;
using CsCheck;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>A key never has more than who made it, whatever was asked for.</summary>
public sealed class KeyRightsTests
{
    private static readonly string[] Known = ["gpt-4o", "gpt-*", "gpt-4*", "claude-*", "*"];

    private static readonly Gen<int?> Limit = Gen.OneOf(Gen.Const((int?)null), Gen.Int[0, 5].Select(number => (int?)number));

    private static readonly Gen<LimitSet?> Limits = Gen.OneOf(
        Gen.Const((LimitSet?)null),
        Gen.Select(Limit, Limit, Limit, Gen.Int[0, 2].Select(i => i == 2 ? (bool?)null : i == 1)).Select((minute, tokens, dollars, shadow) =>
            (LimitSet?)new LimitSet { RequestsPerMinute = minute, TokensPerHour = tokens, DollarsPerDay = dollars, Shadow = shadow }));

    private static readonly Gen<ImmutableArray<string>> Patterns =
        Gen.Int[0, Known.Length - 1].Select(i => Known[i]).Array[0, 3].Select(patterns => patterns.ToImmutableArray());

    private static readonly Gen<KeyRights> Rights = Gen.Select(
        Gen.ULong, Patterns, Patterns, Limits).Select((permissions, models, regions, limits) => new KeyRights((Permission)permissions, models, regions, limits));

    [Fact]
    public void Within_OfAnyRights_NeverGoesBeyondTheMaker() =>
        Gen.Select(Rights, Rights).Sample((asked, maker) => Assert.Empty(asked.Within(maker).Beyond(maker)));

    [Fact]
    public void Within_OfAnyRights_NeverGivesMoreThanWasAsked() =>
        Gen.Select(Rights, Rights).Sample((asked, maker) =>
        {
            var within = asked.Within(maker);
            Assert.Equal(Permission.None, within.Permissions & ~asked.Permissions);
            Assert.True(PatternCover.Covers(asked.Models, within.Models) && PatternCover.Covers(asked.Regions, within.Regions));
        });

    [Fact]
    public void Within_OfAWholeLineOfMakers_NeverGoesBeyondAnyOfThem() =>
        Gen.Select(Rights, Rights, Rights).Sample((asked, maker, makersMaker) =>
        {
            var within = asked.Within(maker).Within(makersMaker);
            Assert.Empty(within.Beyond(maker));
            Assert.Empty(within.Beyond(makersMaker));
        });

    [Fact]
    public void Beyond_NamesWhatIsTooMuch()
    {
        var maker = new KeyRights(Permission.Inference, ["gpt-*"], ["eu-west"], new LimitSet { RequestsPerMinute = 10 });

        Assert.Equal(["permissions", "models", "regions", "limits"], KeyRights.All.Beyond(maker));
        Assert.Empty(maker.Beyond(KeyRights.All));
        Assert.Empty(new KeyRights(Permission.Inference, ["gpt-4o"], ["eu-west"], new LimitSet { RequestsPerMinute = 9 }).Beyond(maker));
        Assert.Equal(["limits"], (maker with { Limits = new LimitSet { RequestsPerMinute = 0 } }).Beyond(maker));
        Assert.Equal(["limits"], (maker with { Limits = new LimitSet { RequestsPerMinute = 5, Shadow = true } }).Beyond(maker));
    }
}
