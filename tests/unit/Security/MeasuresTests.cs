using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>Which changes give somebody more than it has.</summary>
public sealed class MeasuresTests
{
    private static readonly KeyRecord Key = new()
    {
        PublicId = "k",
        Hash = [],
        Name = "k",
        Roles = ["user"],
        Models = ["a*"],
        Regions = ["eu"],
        Limits = new() { RequestsPerMinute = 5 },
        ExpiresAt = DateTimeOffset.UnixEpoch,
        Priority = RequestPriority.Normal,
    };

    private static readonly SubjectRecord User = new() { Kind = SubjectKind.User, Id = "u", Team = "t", Models = ["a*"], Limits = new() { DollarsPerDay = 5 } };

    public static TheoryData<string, KeyRecord> Looser => new()
    {
        { "all models", Key with { Models = [] } },
        { "another model", Key with { Models = ["a*", "b"] } },
        { "all regions", Key with { Regions = [] } },
        { "a higher limit", Key with { Limits = new() { RequestsPerMinute = 6 } } },
        { "no limit", Key with { Limits = new() { RequestsPerMinute = 0 } } },
        { "the default", Key with { Limits = null } },
        { "a limit that is only told", Key with { Limits = new() { RequestsPerMinute = 5, Shadow = true } } },
        { "a later end", Key with { ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(1) } },
        { "no end", Key with { ExpiresAt = null } },
        { "a higher priority", Key with { Priority = RequestPriority.High } },
    };

    public static TheoryData<string, SubjectRecord, SubjectRecord> LooserUsers => new()
    {
        { "back from suspension", User with { Suspended = true }, User },
        { "made again", User with { Deleted = true }, User },
        { "out of its team", User, User with { Team = null } },
        { "into another team", User, User with { Team = "other" } },
        { "no budget", User, User with { Limits = new() { DollarsPerDay = 0 } } },
        { "all models", User, User with { Models = [] } },
    };

    [Theory]
    [MemberData(nameof(Looser))]
    public void Change_OfAKey_ToThis_Loosens(string what, KeyRecord to)
    {
        Assert.NotEmpty(what);
        Assert.True(Measures.Loosens(Key, to));
        Assert.False(Measures.Loosens(to, Key));
    }

    [Theory]
    [MemberData(nameof(LooserUsers))]
    public void Change_OfAUser_Loosens(string what, SubjectRecord from, SubjectRecord to)
    {
        Assert.NotEmpty(what);
        Assert.True(Measures.Loosens(from, to));
    }

    [Fact]
    public void User_IsHeld_ByAnythingThatCouldBeGivenBack()
    {
        Assert.False(Measures.Hold(new() { Kind = SubjectKind.User, Id = "u", Name = "n", Limits = new() { DollarsPerDay = 0 } }));
        Assert.All([User with { Models = [], Limits = null }, User with { Team = null, Limits = null }, User with { Team = null, Models = [] }], static user => Assert.True(Measures.Hold(user)));
    }

    [Fact]
    public void Limit_ThatHeldInAnyMode_IsLoosened_WhereTheModeDecides()
    {
        var always = Key with { Limits = new() { RequestsPerMinute = 5, Shadow = false } };

        Assert.True(Measures.Loosens(always, Key));
        Assert.False(Measures.Loosens(Key, always));
        Assert.True(Measures.Loosens(User with { Limits = new() { Shadow = false } }, User with { Limits = null }));
    }

    [Fact]
    public void Limit_ThatIsOnlyTold_LetsGoOfDefaults()
    {
        var told = Key with { Limits = new() { Shadow = true } };

        Assert.True(Measures.Loosens(Key with { Limits = null }, told));
        Assert.False(Measures.Loosens(told, told));
        Assert.False(Measures.Loosens(told, Key with { Limits = null }));
    }

    [Fact]
    public void Name_IsNobodysMeasure()
    {
        Assert.False(Measures.Loosens(Key, Key with { Name = "other" }));
        Assert.False(Measures.Loosens(User, User with { Name = "other" }));
    }

    [Fact]
    public void Limit_ThatNobodyHasSet_IsNobodysMeasure() =>
        Assert.False(Measures.Loosens(Key with { Limits = null }, Key with { Limits = new() { RequestsPerMinute = 100 } }));
}
