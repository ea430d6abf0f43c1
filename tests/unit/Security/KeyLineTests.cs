using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>Who is akin to whom, and who of them gives back what was taken.</summary>
public sealed class KeyLineTests
{
    // boss (an admin) → chief → maker → key, and chief → sibling; boss → stranger.
    private static readonly Dictionary<string, KeyRecord> Keys = new[]
    {
        Key("boss", null) with { Roles = ["admin"], User = "director" },
        Key("chief", "key:boss"),
        Key("maker", "key:chief") with { User = "ada" },
        Key("sibling", "key:chief"),
        Key("key", "key:maker") with { User = "bob", Team = "crew" },
        Key("stranger", "key:boss"),
        Key("bobs", "key:boss") with { User = "bob" },
        Key("token's", "user:eve"),
        Key("token's other", "user:eve"),
        Key("admin token's", "user:root") with { IsMadeByAdmin = true },
        Key("admin token's other", "user:root") with { IsMadeByAdmin = true },
        Key("open mode's", "local"),
        Key("open mode's other", "local"),
        Key("circle", "key:circle"),
    }.ToDictionary(static key => key.Subject, StringComparer.Ordinal);

    [Theory]
    [InlineData("key:key", "key:boss", false)]
    [InlineData("key:maker", "key:boss", false)]
    [InlineData("key:chief", "key:boss", false)]
    [InlineData("key:sibling", "key:boss", false)]
    [InlineData("key:bobs", "key:boss", false)]
    [InlineData("user:bob", "key:boss", false)]
    [InlineData("key:stranger", "key:boss", true)]
    [InlineData("key:maker", "key:maker", true)]
    [InlineData("key:chief", "key:maker", true)]
    [InlineData("key:sibling", "key:maker", false)]
    [InlineData("key:key", "key:key", false)]
    [InlineData("key:maker", "key:key", true)]
    [InlineData("key:maker", null, false)]
    [InlineData("key:stranger", null, true)]
    [InlineData("user:ada", "key:maker", false)]
    public void Measure_IsLifted_ByWhoTookIt_ItsMakers_OrAnotherLine(string who, string? taker, bool isLifted) =>
        Assert.Equal(isLifted, Line(who).MayLift(Line("key:key"), taker is null ? null : Line(taker)));

    [Theory]
    [InlineData("key:token's", "key:token's other", false)]
    [InlineData("key:admin token's", "key:admin token's other", true)]
    [InlineData("key:open mode's", "key:open mode's other", true)]
    [InlineData("key:sibling", "key:stranger", true)]
    public void Keys_OfOneMaker_AreAkin_UnlessItMayDoEverything(string one, string other, bool isLifted) =>
        Assert.Equal(isLifted, Line(one).MayLift(Line(other), null));

    [Fact]
    public void Bounds_AreOfAllMakers_AdminsIncluded() =>
        Assert.Equal(["team:crew", "team:of ada", "user:ada", "user:bob", "user:director"], Line("key:key").Bounds.Order(StringComparer.Ordinal));

    [Fact]
    public void Line_OfAUser_HasItsMakers()
    {
        var user = KeyLine.OfSubject("user:made", Line("key:maker"));

        Assert.False(Line("key:sibling").MayLift(user, null));
        Assert.True(Line("key:maker").MayLift(user, Line("key:maker")));
        Assert.False(Line("user:made").MayLift(user, Line("user:made")));
        Assert.True(Line("key:sibling").MayLift(KeyLine.OfSubject("user:made", null), null));
    }

    [Fact]
    public void Owner_IsAkinToWhoMadeWhatItHolds()
    {
        var owner = KeyLine.OfSubject("team:other", null).Holding(Line("key:key"));

        Assert.False(Line("key:sibling").MayLift(owner, null));
        Assert.False(Line("key:maker").MayLift(owner, Line("key:boss")));
        Assert.True(Line("key:maker").MayLift(owner, Line("key:maker")));
        Assert.True(Line("key:stranger").MayLift(owner, null));
    }

    private static KeyRecord Key(string id, string? maker) => new() { PublicId = id, Hash = [], Name = id, Roles = ["user"], CreatedBy = maker };

    private static KeyLine Line(string subject)
    {
        var keys = new List<KeyRecord>();
        var maker = (string?)subject;
        while (maker is not null && keys.Count < 8 && Keys.TryGetValue(maker, out var key))
        {
            keys.Add(key);
            maker = key.CreatedBy;
        }

        return KeyLine.Of(subject, keys, static key => key.Roles.Contains("admin"), static user => user == "user:ada" ? "of ada" : null);
    }
}
