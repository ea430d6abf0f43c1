using System.Net;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>What becomes of keys with the user who made them.</summary>
[Collection(GuardedGatewayCollection.Name)]
public sealed class KeyMakerTests(GuardedGatewayFixture gateway)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Key_OfAMakerWithAUser_IsTheUsers_AndCountsAgainstItsLimits()
    {
        await gateway.MakeAsync("users", """{"id":"counting","limits":{"requestsPerMinute":2}}""");
        var maker = (string)(await gateway.MakeAsync("keys", """{"name":"maker","user":"counting","roles":["user"],"permissions":["keys.write","keys.read"]}"""))["key"]!;

        var made = await gateway.MakeAsync("keys", """{"name":"made"}""", maker);
        var key = (string)made["key"]!;

        Assert.Equal("counting", (string?)made["user"]);
        Assert.Equal(HttpStatusCode.OK, (await gateway.ChatAsync(maker)).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.ChatAsync(key)).Status);
        var third = await gateway.ChatAsync(key);
        Assert.Equal((HttpStatusCode.TooManyRequests, "requests_per_minute"), (third.Status, third.Code));
    }

    [Fact]
    public async Task Key_OfATokenOfAUserThatNobodyMade_IsTheUsersToo()
    {
        var token = GuardedGatewayFixture.Token("user", more: new() { ["sub"] = "stranger", ["permissions"] = "keys.write keys.read" });

        Assert.Equal("stranger", (string?)(await gateway.MakeAsync("keys", """{"name":"made"}""", token))["user"]);
        var foreign = await gateway.ManageAsync(HttpMethod.Post, "keys", """{"name":"made","user":"another stranger"}""", token);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.Status);
    }

    [Theory]
    [InlineData("""{"limits":{"shadow":true}}""")]
    [InlineData("""{"limits":{"requestsPerMinute":0}}""")]
    public async Task Key_HeldByTheDefaultOfUsers_DoesNotLetItselfGo(string patch)
    {
        var (id, maker) = await HeldAsync();
        var version = (await gateway.ManageAsync(HttpMethod.Get, $"keys/{id}")).Headers.ETag!.ToString();

        var itself = await gateway.ManageAsync(HttpMethod.Patch, $"keys/{id}", patch, maker, version);
        var another = await gateway.ManageAsync(HttpMethod.Post, "keys", patch.Replace("{\"limits", "{\"name\":\"made\",\"limits", StringComparison.Ordinal), maker);

        Assert.Equal((HttpStatusCode.Forbidden, "exceeds_maker"), (itself.Status, itself.Code));
        Assert.Equal((HttpStatusCode.Forbidden, "exceeds_maker"), (another.Status, another.Code));
    }

    [Theory]
    [InlineData("""{"requestsPerMinute":0}""")]
    [InlineData("""{"shadow":true}""")]
    public async Task Key_HeldByTheDefaultOfUsers_GetsNoMoreByAnotherUser(string limits)
    {
        var (_, maker) = await HeldAsync();
        var (own, other, plain) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        await gateway.MakeAsync("users", $$"""{"id":"{{other}}","limits":{{limits}}}""");
        await gateway.MakeAsync("users", $$"""{"id":"{{plain}}"}""");
        var version = (await gateway.ManageAsync(HttpMethod.Get, $"users/{plain}")).Headers.ETag!.ToString();
        var foreign = (string)(await gateway.MakeAsync("keys", $$"""{"name":"foreign","user":"{{other}}"}"""))["publicId"]!;

        GuardedCalls.Answer[] refused =
        [
            await gateway.ManageAsync(HttpMethod.Post, "users", $$"""{"id":"{{own}}","limits":{{limits}}}""", maker),
            await gateway.ManageAsync(HttpMethod.Patch, $"users/{plain}", $$"""{"limits":{{limits}}}""", maker, version),
            await gateway.ManageAsync(HttpMethod.Post, "keys", $$"""{"name":"made","user":"{{other}}"}""", maker),
            await gateway.ManageAsync(HttpMethod.Post, $"keys/{foreign}/rotate", null, maker),
        ];

        Assert.All(refused, static answer => Assert.Equal((HttpStatusCode.Forbidden, "exceeds_maker"), (answer.Status, answer.Code)));
        await gateway.MakeAsync("keys", $$"""{"name":"made","user":"{{plain}}"}""", maker);
    }

    [Fact]
    public async Task Key_HeldByTheDefaultOfUsers_MakesNoDeletedUserOfMoreAnew()
    {
        var (_, maker) = await HeldAsync();
        var body = $$$"""{"id":"{{{Guid.NewGuid():N}}}","limits":{"requestsPerMinute":0}}""";
        var id = (string)(await gateway.MakeAsync("users", body))["id"]!;
        var version = (await gateway.ManageAsync(HttpMethod.Get, $"users/{id}")).Headers.ETag!.ToString();
        await gateway.ManageAsync(HttpMethod.Delete, $"users/{id}", version: version);

        var again = await gateway.ManageAsync(HttpMethod.Post, "users", body, maker);

        Assert.Equal((HttpStatusCode.Forbidden, "exceeds_maker"), (again.Status, again.Code));
        await gateway.MakeAsync("users", $$"""{"id":"{{id}}"}""", maker);
    }

    [Theory]
    [InlineData("users")]
    [InlineData("teams")]
    public async Task Key_OfAnAdmin_IsNobodys_AndIsShutOutWithTheAdminsUserOrTeam(string kind)
    {
        var id = $"boss-{kind}";
        await gateway.MakeAsync(kind, $$"""{"id":"{{id}}"}""");
        var admin = (string)(await gateway.MakeAsync("keys", $$"""{"name":"boss","{{kind[..^1]}}":"{{id}}","roles":["admin"]}"""))["key"]!;
        var made = await gateway.MakeAsync("keys", """{"name":"made"}""", admin);
        var key = (string)made["key"]!;
        Assert.Equal((null, null), ((string?)made["user"], (string?)made["team"]));
        Assert.Equal(HttpStatusCode.OK, (await gateway.ChatAsync(key)).Status);

        await gateway.SuspendAsync($"{kind}/{id}", suspended: true);
        var refused = await gateway.ChatAsync(key);
        await gateway.SuspendAsync($"{kind}/{id}", suspended: false);

        Assert.Equal((HttpStatusCode.Forbidden, "account_suspended"), (refused.Status, refused.Code));
        await Wait.UntilAsync(async () => (await gateway.ChatAsync(key)).Status == HttpStatusCode.OK, "the key is served again", Patience);
    }

    [Fact]
    public async Task Key_OfAnAdminsToken_IsShutOutWithTheTokensUser()
    {
        await gateway.MakeAsync("users", """{"id":"by-token"}""");
        var key = (string)(await gateway.MakeAsync("keys", """{"name":"made"}""", GuardedGatewayFixture.Token("admin", more: new() { ["sub"] = "by-token" })))["key"]!;
        Assert.Equal(HttpStatusCode.OK, (await gateway.ChatAsync(key)).Status);

        await gateway.SuspendAsync("users/by-token", suspended: true);

        var refused = await gateway.ChatAsync(key);
        Assert.Equal((HttpStatusCode.Forbidden, "account_suspended"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Revocation_OfAKeyThatMayMore_IsRefused_AndOfAnyOtherDone()
    {
        var writer = (string)(await gateway.MakeAsync("keys", """{"name":"writer","roles":["user"],"permissions":["keys.write","keys.read"]}"""))["key"]!;
        var strong = await gateway.MakeAsync("keys", """{"name":"strong","roles":["admin"]}""");
        var weak = await gateway.MakeAsync("keys", """{"name":"weak"}""");

        var refused = await gateway.ManageAsync(HttpMethod.Delete, $"keys/{strong["publicId"]}", credential: writer);
        var revoked = await gateway.ManageAsync(HttpMethod.Delete, $"keys/{weak["publicId"]}", credential: writer);

        Assert.Equal((HttpStatusCode.Forbidden, "exceeds_maker"), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.OK, (await gateway.ManageAsync(HttpMethod.Get, "keys", credential: (string)strong["key"]!)).Status);
        Assert.True(revoked.Status == HttpStatusCode.OK && (bool)revoked.Body["revoked"]!, revoked.Text);
    }

    private async Task<(string PublicId, string Key)> HeldAsync()
    {
        var user = Guid.NewGuid().ToString("N");
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""");
        var maker = await gateway.MakeAsync("keys", $$"""{"name":"held","user":"{{user}}","roles":["user"],"permissions":["keys.write","keys.read"]}""");
        return ((string)maker["publicId"]!, (string)maker["key"]!);
    }
}
