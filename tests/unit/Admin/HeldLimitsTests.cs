using System.Collections.Immutable;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Admin;

/// <summary>A key never exceeds its maker, also where only defaults hold that: 100 requests a minute for each user here.</summary>
public sealed class HeldLimitsTests
{
    private const string Ada = "ada";

    private readonly ProxyClusterOptions _options = new();

    public HeldLimitsTests()
    {
        (_options.RateLimits.RequestsPerMinute, _options.RateLimits.RequestsPerHour) = (0, 0);
        _options.Budgets.Users.TokensPerMinute = 50_000;
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(101, true)]
    [InlineData(0, true)]
    [InlineData(null, false)]
    public void Key_OfAUserHeldByTheDefault_IsGivenNoMore(int? requests, bool isRefused)
    {
        var scope = Scope(Permission.KeysWrite | Permission.Inference, null, null);

        Assert.Equal(isRefused, Refuses(scope, new() { RequestsPerMinute = requests, Concurrency = 4 }, Ada));
        Assert.Equal(isRefused ? ["limits"] : [], Beyond(scope, new() { RequestsPerMinute = requests, Concurrency = 4 }));
    }

    [Fact]
    public void Key_OfAUserHeldByTheDefault_IsGivenNoMoreTokens() =>
        Assert.True(Refuses(Scope(Permission.KeysWrite, null, null), new() { TokensPerMinute = 50_001 }, Ada));

    [Fact]
    public void Key_OfAUserWithOwnLimits_IsHeldByThose()
    {
        var scope = Scope(Permission.KeysWrite, null, new() { RequestsPerMinute = 300 });

        Assert.False(Refuses(scope, new() { RequestsPerMinute = 300 }, Ada));
        Assert.True(Refuses(scope, new() { RequestsPerMinute = 301 }, Ada));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(100)]
    public void Key_OfAUserHeldByTheDefault_IsNotToldOnly(int? requests)
    {
        var scope = Scope(Permission.KeysWrite, null, null);

        Assert.True(Refuses(scope, new() { RequestsPerMinute = requests, Shadow = true }, Ada));
        Assert.False(Refuses(scope, new() { RequestsPerMinute = requests, Shadow = false }, Ada));
    }

    [Fact]
    public void Key_OfAnotherUser_IsHeldByAsMuchAsItsMaker()
    {
        var held = Scope(Permission.KeysWrite, null, null).Held;

        Assert.False(held.AreExceededThrough(null, null));
        Assert.False(held.AreExceededThrough(null, new() { RequestsPerMinute = 50 }));
        Assert.True(held.AreExceededThrough(null, new() { RequestsPerMinute = 101 }));
        Assert.True(held.AreExceededThrough(null, new() { TokensPerMinute = 0 }));
        Assert.True(held.AreExceededThrough(null, new() { Shadow = true }));
        Assert.False(held.AreExceededThrough(
            new() { RequestsPerMinute = 100, RequestsPerHour = 1000, TokensPerMinute = 50_000 }, new() { RequestsPerMinute = 0, RequestsPerHour = 0, TokensPerMinute = 0 }));
    }

    [Fact]
    public void Key_OfAMakerThatWasGivenMoreThanTheDefault_IsGivenAsMuch()
    {
        var scope = Scope(Permission.KeysWrite, new() { RequestsPerMinute = 300, RequestsPerHour = 0 }, null);

        Assert.False(Refuses(scope, new() { RequestsPerMinute = 300 }, Ada));
        Assert.True(Refuses(scope, new() { RequestsPerMinute = 301 }, Ada));
    }

    [Fact]
    public void Key_ThatNamesNoUser_IsItsMakersUsers_WhoseLimitsHoldIt()
    {
        var scope = Scope(Permission.KeysWrite, null, null);

        var made = scope.Complete(Wish(null, new() { Concurrency = 4 }));

        Assert.Equal((Ada, new LimitSet { Concurrency = 4 }), (made.User, made.Limits));
    }

    [Fact]
    public void Key_OfNoUser_ThatIsChanged_KeepsWhatHoldsWhoChangesIt()
    {
        var scope = Scope(Permission.KeysWrite, null, null);
        var most = new LimitSet { RequestsPerMinute = 100, RequestsPerHour = 1000, TokensPerMinute = 50_000, Concurrency = 4 };

        Assert.False(Refuses(scope, most, user: null));
        Assert.True(Refuses(scope, most with { RequestsPerMinute = null }, user: null));
        Assert.True(Refuses(scope, null, user: null));
    }

    [Fact]
    public void Key_OfNoUser_ThatTheDefaultOfKeysHoldsAnyway_NeedsNothingWrittenIntoIt()
    {
        _options.RateLimits.RequestsPerMinute = 10;
        var scope = Scope(Permission.KeysWrite, null, null, user: null);

        Assert.Null(scope.Complete(Wish(null, null)).Limits);
        Assert.False(Refuses(scope, null, user: null));
        Assert.True(Refuses(scope, new() { RequestsPerMinute = 11 }, user: null));
    }

    [Fact]
    public void Key_OfNoUser_ThatTheDefaultOfKeysWouldGiveMore_NeedsTheLessThatHoldsWhoChangesIt()
    {
        _options.RateLimits.RequestsPerMinute = 200;
        var scope = Scope(Permission.KeysWrite, null, null);

        var rest = new LimitSet { TokensPerMinute = 50_000, RequestsPerHour = 1000 };

        Assert.True(Refuses(scope, rest, user: null));
        Assert.False(Refuses(scope, rest with { RequestsPerMinute = 100 }, user: null));
    }

    [Fact]
    public void Key_OfAnAdmin_IsGivenWhatTheAdminSays() =>
        Assert.False(Refuses(Scope(Permission.All, null, null), new() { RequestsPerMinute = 5000 }, null));

    private static bool Refuses(KeyScope scope, LimitSet? limits, string? user) =>
        scope.Refuse(KeyRights.All with { Permissions = Permission.None, Limits = limits, Priority = default }, user) is not null;

    private static ImmutableArray<string> Beyond(KeyScope scope, LimitSet limits) => scope.Held.AreExceededBy(limits, Ada) ? ["limits"] : [];

    private static KeyRecord Wish(string? user, LimitSet? limits) =>
        new() { PublicId = "", Hash = [], Name = "made", Roles = [], User = user, Limits = limits };

    private KeyScope Scope(Permission permissions, LimitSet? ofKey, LimitSet? ofUser, string? user = Ada)
    {
        var own = new Account("key:4fGh2kLmN0pQ") { Limits = ofKey };
        var caller = new Caller
        {
            Subject = own.Subject,
            Name = "maker",
            IsLimited = true,
            User = user,
            Permissions = permissions,
            Accounts = user is null ? [own] : [own, new Account("user:" + user) { Limits = ofUser }],
        };
        return new KeyScope(caller) { Held = HeldLimits.Of(caller, _options) };
    }
}
