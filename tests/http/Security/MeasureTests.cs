using System.Net;
using ProxyCluster.Core.Audit;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Measures against keys, users and teams: who may take them, and who may not give back what was taken (RELIABILITY S6).</summary>
[Collection(GuardedGatewayCollection.Name)]
public sealed class MeasureTests(GuardedGatewayFixture gateway)
{
    private const string Operates = """
        "roles":["user"],"permissions":["keys.read","keys.write","limits.read","limits.write"]
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static TheoryData<string> MeasuresAgainstUsers => ["""{"suspended":true}""", """{"limits":{"requestsPerMinute":1}}""", """{"limits":{"dollarsPerDay":0.01}}""", """{"models":["none"]}""", """{"regions":["none"]}""", """{"name":"another"}"""];

    [Theory]
    [MemberData(nameof(MeasuresAgainstUsers))]
    public async Task Operator_ChangesAUser_ButNoneWithAKeyThatMayMore(string measure)
    {
        var (plain, strong, boss) = (Name(), Name(), await OperatorAsync());
        await gateway.MakeAsync("users", $$"""{"id":"{{plain}}"}""");
        await gateway.MakeAsync("users", $$"""{"id":"{{strong}}"}""");
        await gateway.MakeAsync("keys", $$"""{"name":"plain","user":"{{plain}}"}""");
        var admin = (string)(await gateway.MakeAsync("keys", $$"""{"name":"strong","user":"{{strong}}","roles":["admin"]}"""))["key"]!;

        var done = await ChangeAsync($"users/{plain}", measure, boss.Key);
        var refused = await ChangeAsync($"users/{strong}", measure, boss.Key);

        Assert.True(done.Status == HttpStatusCode.OK, done.Text);
        AssertRefused("exceeds_maker", refused);
        Assert.Equal(HttpStatusCode.OK, (await gateway.ManageAsync(HttpMethod.Get, $"users/{strong}", credential: admin)).Status);
    }

    [Theory]
    [InlineData("team of a key that may more")]
    [InlineData("team of a user with a key that may more")]
    [InlineData("user whose key that could do more has ended")]
    [InlineData("user whose token has made a key that may more")]
    [InlineData("user that is not made, of a key that may more")]
    public async Task Operator_TakesNoMeasureAroundTheKeysThatMayMore(string way)
    {
        var (id, boss) = (Name(), await OperatorAsync());
        var kind = way.StartsWith("team", StringComparison.Ordinal) ? "teams" : "users";
        await gateway.MakeAsync(kind, $$"""{"id":"{{id}}"}""");
        switch (way)
        {
            case "team of a key that may more":
                await gateway.MakeAsync("keys", $$"""{"name":"k","team":"{{id}}","roles":["admin"]}""");
                break;
            case "team of a user with a key that may more":
                await gateway.MakeAsync("users", $$"""{"id":"{{id}}-member","team":"{{id}}"}""");
                await gateway.MakeAsync("keys", $$"""{"name":"k","user":"{{id}}-member","roles":["admin"]}""");
                break;
            case "user whose token has made a key that may more":
                await gateway.MakeAsync("keys", """{"name":"k","roles":["admin"]}""", GuardedGatewayFixture.Token("admin", more: new() { ["sub"] = id }));
                break;
            default:
                var key = await gateway.MakeAsync("keys", $$"""{"name":"k","user":"{{id}}","roles":["admin"]}""");
                if (way.EndsWith("ended", StringComparison.Ordinal))
                {
                    await gateway.MakeAsync("keys", """{"name":"made"}""", (string)key["key"]!);
                    await gateway.ManageAsync(HttpMethod.Delete, $"keys/{key["publicId"]}");
                }

                break;
        }

        AssertRefused("exceeds_maker", await ChangeAsync($"{kind}/{id}", """{"suspended":true}""", boss.Key));
        AssertRefused("exceeds_maker", await DeleteAsync($"{kind}/{id}", boss.Key));
        if (way.Contains("not made", StringComparison.Ordinal))
        {
            await DeleteAsync($"{kind}/{id}", null);
            AssertRefused("exceeds_maker", await gateway.ManageAsync(HttpMethod.Post, kind, $$"""{"id":"{{id}}","suspended":true}""", boss.Key));
        }
    }

    [Fact]
    public async Task Operator_PutsNoUserThatMayMoreIntoATeam()
    {
        var (user, team, boss) = (Name(), Name(), await OperatorAsync());
        await gateway.MakeAsync("teams", $$$"""{"id":"{{{team}}}","limits":{"requestsPerMinute":1}}""");
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""");
        await gateway.MakeAsync("keys", $$"""{"name":"strong","user":"{{user}}","roles":["admin"]}""");
        var version = (await gateway.ManageAsync(HttpMethod.Get, $"users/{user}")).Headers.ETag!.ToString();

        AssertRefused("exceeds_maker", await gateway.ManageAsync(HttpMethod.Put, $"teams/{team}/members/{user}", credential: boss.Key, version: version));
    }

    [Fact]
    public async Task Operator_NarrowsNoKeyThatMayMore()
    {
        var boss = await OperatorAsync(""","models":["m"]""");
        var wide = await gateway.MakeAsync("keys", """{"name":"wide"}""");

        AssertRefused("exceeds_maker", await ChangeAsync($"keys/{wide["publicId"]}", """{"models":["m"]}""", boss.Key));
    }

    [Fact]
    public async Task Refusal_IsASecurityEvent_AndInTheLogOfActions()
    {
        var (user, boss) = (Name(), await OperatorAsync());
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""");
        await gateway.MakeAsync("keys", $$"""{"name":"strong","user":"{{user}}","roles":["admin"]}""");
        var before = gateway.CountOf(SecurityEventType.PermissionDenied);

        AssertRefused("exceeds_maker", await ChangeAsync($"users/{user}", """{"suspended":true}""", boss.Key));

        Assert.True(gateway.CountOf(SecurityEventType.PermissionDenied) > before);
        var log = await gateway.ManageAsync(HttpMethod.Get, "audit?limit=1000&action=users.update");
        Assert.Contains(log.Body["data"]!.AsArray(), record => ((string?)record!["object"], (string?)record["outcome"]) == (user, "refused:exceeds_maker"));
    }

    [Theory]
    [InlineData("itself", false)]
    [InlineData("what it made", false)]
    [InlineData("its maker", false)]
    [InlineData("another key of its maker", false)]
    [InlineData("another key of its user", false)]
    [InlineData("an operator who has nothing to do with it", true)]
    [InlineData("an admin", true)]
    public async Task Key_ThatWasHeld_IsFreed_ByOthersThanItsLineAlone(string who, bool isDone)
    {
        var user = Name();
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""");
        var maker = await OperatorAsync();
        var key = await OperatorAsync($$""","user":"{{user}}","expiresAt":"2030-01-31T00:00:00Z" """, maker.Key);
        var credential = who switch
        {
            "itself" => key.Key,
            "what it made" => (await OperatorAsync("", key.Key)).Key,
            "its maker" => maker.Key,
            "another key of its maker" => (await OperatorAsync("", maker.Key)).Key,
            "another key of its user" => (await OperatorAsync($$""","user":"{{user}}" """)).Key,
            "an admin" => null,
            _ => (await OperatorAsync()).Key,
        };
        var held = await ChangeAsync($"keys/{key.PublicId}", """{"expiresAt":"2029-01-31T00:00:00Z"}""", null);
        Assert.True(held.Status == HttpStatusCode.OK, held.Text);

        var freed = await ChangeAsync($"keys/{key.PublicId}", """{"expiresAt":null}""", credential);
        var unblocked = await gateway.ManageAsync(HttpMethod.Post, $"limits/key:{key.PublicId}/unblock", credential: credential);

        if (isDone)
        {
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (freed.Status, unblocked.Status));
        }
        else
        {
            AssertRefused("out_of_scope", freed);
            AssertRefused("out_of_scope", unblocked);
        }
    }

    [Theory]
    [InlineData("""{"limits":{"requestsPerMinute":5}}""", """{"limits":{"requestsPerMinute":0}}""")]
    [InlineData("""{"limits":{"dollarsPerDay":5}}""", """{"limits":{"dollarsPerDay":null}}""")]
    [InlineData("""{"models":["m"]}""", """{"models":null}""")]
    [InlineData("""{"regions":["eu"]}""", """{"regions":["eu","us"]}""")]
    public async Task Maker_FreesItsKey_OfWhatItTookItself_AndNotOfWhatAnotherTook(string measure, string back)
    {
        var maker = await OperatorAsync();
        var key = (string)(await gateway.MakeAsync("keys", """{"name":"made"}""", maker.Key))["publicId"]!;

        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("keys/" + key, measure, maker.Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("keys/" + key, back, maker.Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("keys/" + key, measure, null)).Status);
        AssertRefused("out_of_scope", await ChangeAsync("keys/" + key, back, maker.Key));

        // To take more makes nobody the one who may give back.
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("keys/" + key, """{"limits":{"concurrency":1}}""", maker.Key)).Status);
        AssertRefused("out_of_scope", await ChangeAsync("keys/" + key, """{"limits":{"concurrency":null}}""", maker.Key));

        // Another secret is of the same key.
        Assert.Equal(HttpStatusCode.OK, (await gateway.ManageAsync(HttpMethod.Post, $"keys/{key}/rotate", credential: maker.Key)).Status);
        AssertRefused("out_of_scope", await ChangeAsync("keys/" + key, back, maker.Key));
    }

    [Theory]
    [InlineData("""{"suspended":true}""", """{"suspended":false}""")]
    [InlineData("""{"limits":{"requestsPerMinute":5}}""", """{"limits":{"requestsPerMinute":0}}""")]
    [InlineData("""{"models":["m"]}""", """{"models":["*"]}""")]
    [InlineData("""{"team":"measures-team"}""", """{"team":null}""")]
    public async Task User_ThatWasHeld_IsNotFreedByWhoMadeIt_NorByItsKin(string measure, string back)
    {
        await gateway.ManageAsync(HttpMethod.Post, "teams", """{"id":"measures-team"}""");
        var user = Name();
        var maker = await OperatorAsync();
        var sibling = await OperatorAsync("", maker.Key);
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""", maker.Key);
        var another = Name();
        await gateway.MakeAsync("users", $$"""{"id":"{{another}}"}""");
        var ofUser = await OperatorAsync($$""","user":"{{user}}" """);
        var child = await OperatorAsync($$""","user":"{{another}}" """, ofUser.Key);

        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("users/" + user, measure, maker.Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("users/" + user, back, maker.Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("users/" + user, measure, null)).Status);

        foreach (var kin in new[] { maker, sibling, ofUser, child })
        {
            var refused = await ChangeAsync("users/" + user, back, kin.Key);
            Assert.True(refused.Status == HttpStatusCode.Forbidden && refused.Code is "out_of_scope" or "account_suspended", refused.Text);
        }

        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("users/" + user, back, (await OperatorAsync()).Key)).Status);
    }

    [Fact]
    public async Task User_ThatAnAdminHasSuspended_IsNotMadeAnewByWhoMadeIt()
    {
        var (user, maker) = (Name(), await OperatorAsync());
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""", maker.Key);
        var key = (string)(await gateway.MakeAsync("keys", $$"""{"name":"k","user":"{{user}}"}""", maker.Key))["key"]!;
        await gateway.SuspendAsync($"users/{user}", suspended: true);

        Assert.Equal(HttpStatusCode.OK, (await DeleteAsync("users/" + user, maker.Key)).Status);
        AssertRefused("out_of_scope", await gateway.ManageAsync(HttpMethod.Post, "users", $$"""{"id":"{{user}}"}""", maker.Key));

        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.ChatAsync(key)).Status);
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""", (await OperatorAsync()).Key);
        await Wait.UntilAsync(async () => (await gateway.ChatAsync(key)).Status == HttpStatusCode.OK, "the key is served again", Patience);
    }

    [Theory]
    [InlineData("""{"suspended":true}""")]
    [InlineData("""{"models":["none"]}""")]
    public async Task User_OfATeamThatWasHeld_IsNotTakenOutByWhoMadeIt(string measure)
    {
        var (user, team, maker) = (Name(), Name(), await OperatorAsync());
        await gateway.MakeAsync("teams", $$"""{"id":"{{team}}"}""");
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}","team":"{{team}}"}""", maker.Key);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("teams/" + team, measure, null)).Status);

        var path = $"teams/{team}/members/{user}";
        AssertRefused("out_of_scope", await ChangeAsync("users/" + user, """{"team":null}""", maker.Key));
        AssertRefused("out_of_scope", await gateway.ManageAsync(HttpMethod.Delete, path, null, maker.Key, await VersionAsync("users/" + user)));
        Assert.Equal(HttpStatusCode.OK, (await gateway.ManageAsync(HttpMethod.Delete, path, null, (await OperatorAsync()).Key, await VersionAsync("users/" + user))).Status);
    }

    [Theory]
    [InlineData("""{"suspended":true}""", """{"suspended":false}""")]
    [InlineData("""{"models":["none"]}""", """{"models":null}""")]
    public async Task User_ThatWasHeld_IsNotFreedByWhoMadeOneOfItsKeys(string measure, string back)
    {
        var (user, maker, sibling) = (Name(), await OperatorAsync(), await OperatorAsync());
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""");
        var key = await OperatorAsync($$""","user":"{{user}}" """, maker.Key);
        var between = await OperatorAsync("", sibling.Key);
        await gateway.MakeAsync("keys", $$"""{"name":"k","user":"{{user}}"}""", between.Key);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("users/" + user, measure, null)).Status);

        // The makers of its keys, and who made those.
        foreach (var kin in new[] { maker, between, sibling })
        {
            AssertRefused("out_of_scope", await ChangeAsync("users/" + user, back, kin.Key));
            AssertRefused("out_of_scope", await gateway.ManageAsync(HttpMethod.Post, $"limits/user:{user}/unblock", credential: kin.Key));
        }

        // To take more, or the key itself, gives nobody the right to give back.
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("users/" + user, """{"limits":{"concurrency":1}}""", maker.Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.ManageAsync(HttpMethod.Delete, "keys/" + key.PublicId, credential: maker.Key)).Status);
        AssertRefused("out_of_scope", await ChangeAsync("users/" + user, back, maker.Key));

        var another = await OperatorAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.ManageAsync(HttpMethod.Post, $"limits/user:{user}/unblock", credential: another.Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("users/" + user, back, another.Key)).Status);
    }

    [Theory]
    [InlineData("a user", """{"suspended":true}""", """{"suspended":false}""")]
    [InlineData("a user", """{"models":["none"]}""", """{"models":["none","m"]}""")]
    [InlineData("a key", """{"suspended":true}""", """{"suspended":false}""")]
    [InlineData("a user's key", """{"limits":{"dollarsPerDay":1}}""", """{"limits":{"dollarsPerDay":0}}""")]
    public async Task Team_ThatWasHeld_IsNotFreedByWhoMadeWhatItHolds(string made, string measure, string back)
    {
        var (user, team, maker) = (Name(), Name(), await OperatorAsync());
        await gateway.MakeAsync("teams", $$"""{"id":"{{team}}"}""");
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}","team":"{{team}}"}""", made == "a user" ? maker.Key : null);
        if (made != "a user")
        {
            var owner = made == "a key" ? $"\"team\":\"{team}\"" : $"\"user\":\"{user}\"";
            await gateway.MakeAsync("keys", $$"""{"name":"k",{{owner}}}""", maker.Key);
        }

        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("teams/" + team, measure, null)).Status);

        var unblock = $"limits/team:{team}/unblock";
        AssertRefused("out_of_scope", await ChangeAsync("teams/" + team, back, maker.Key));
        AssertRefused("out_of_scope", await gateway.ManageAsync(HttpMethod.Post, unblock, credential: maker.Key));

        var another = await OperatorAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.ManageAsync(HttpMethod.Post, unblock, credential: another.Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("teams/" + team, back, another.Key)).Status);
    }

    [Theory]
    [InlineData("users")]
    [InlineData("teams")]
    public async Task MakerOfAKey_LiftsFromItsOwner_WhatItTookItself(string kind)
    {
        var (id, maker) = (Name(), await OperatorAsync());
        await gateway.MakeAsync(kind, $$"""{"id":"{{id}}"}""");
        await gateway.MakeAsync("keys", $$"""{"name":"k","{{kind[..^1]}}":"{{id}}"}""", maker.Key);

        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync($"{kind}/{id}", """{"suspended":true}""", maker.Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync($"{kind}/{id}", """{"suspended":false}""", maker.Key)).Status);
    }

    [Theory]
    [InlineData("users")]
    [InlineData("teams")]
    public async Task TeamsOperator_DoesNotLearnWhichUsersAndTeamsThereAre(string kind)
    {
        var (team, known) = (Name(), Name());
        await gateway.MakeAsync("teams", $$"""{"id":"{{team}}"}""");
        await gateway.MakeAsync(kind, $$"""{"id":"{{known}}"}""");
        var boss = await OperatorAsync($$""","team":"{{team}}" """);

        var exists = await gateway.ManageAsync(HttpMethod.Post, kind, $$"""{"id":"{{known}}"}""", boss.Key);
        var isNew = await gateway.ManageAsync(HttpMethod.Post, kind, $$"""{"id":"{{Name()}}"}""", boss.Key);

        AssertRefused("out_of_scope", exists);
        Assert.Equal((isNew.Status, isNew.Code, (string?)isNew.Body["detail"]), (exists.Status, exists.Code, (string?)exists.Body["detail"]));
    }

    [Fact]
    public async Task TeamsOperator_GoesOnManagingTheKeysOfItsTeam()
    {
        var team = Name();
        await gateway.MakeAsync("teams", $$"""{"id":"{{team}}"}""");
        await gateway.MakeAsync("users", $$"""{"id":"{{team}}-user","team":"{{team}}"}""");
        var boss = await OperatorAsync($$""","team":"{{team}}" """);
        var own = (string)(await gateway.MakeAsync("keys", $$"""{"name":"own","user":"{{team}}-user"}""", boss.Key))["publicId"]!;
        var admins = (string)(await gateway.MakeAsync("keys", $$"""{"name":"admin's","team":"{{team}}"}"""))["publicId"]!;

        foreach (var key in new[] { own, admins })
        {
            Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("keys/" + key, """{"limits":{"requestsPerMinute":5}}""", boss.Key)).Status);
            Assert.Equal(HttpStatusCode.OK, (await ChangeAsync("keys/" + key, """{"limits":{"requestsPerMinute":9}}""", boss.Key)).Status);
            Assert.Equal(HttpStatusCode.NoContent, (await gateway.ManageAsync(HttpMethod.Post, $"limits/key:{key}/unblock", credential: boss.Key)).Status);
            Assert.Equal(HttpStatusCode.OK, (await gateway.ManageAsync(HttpMethod.Delete, "keys/" + key, credential: boss.Key)).Status);
        }
    }

    private static string Name() => "measured-" + Guid.NewGuid().ToString("N");

    private static void AssertRefused(string code, GuardedCalls.Answer answer) =>
        Assert.True(answer.Status == HttpStatusCode.Forbidden && answer.Code == code, $"{(int)answer.Status} {answer.Text}");

    private async Task<(string PublicId, string Key)> OperatorAsync(string more = "", string? maker = null)
    {
        var made = await gateway.MakeAsync("keys", $$"""{"name":"operator",{{Operates}}{{more}}}""", maker);
        return ((string)made["publicId"]!, (string)made["key"]!);
    }

    private async Task<GuardedCalls.Answer> ChangeAsync(string path, string patch, string? credential) =>
        await gateway.ManageAsync(HttpMethod.Patch, path, patch, credential, await VersionAsync(path));

    private async Task<GuardedCalls.Answer> DeleteAsync(string path, string? credential) =>
        await gateway.ManageAsync(HttpMethod.Delete, path, null, credential, await VersionAsync(path));

    private async Task<string> VersionAsync(string path) => (await gateway.ManageAsync(HttpMethod.Get, path)).Headers.ETag!.ToString();
}
