using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>The limits that a token says: of what they hold, and of what not, in whichever order tokens come.</summary>
[Collection(GuardedGatewayCollection.Name)]
public sealed class TokenLimitTests(GuardedGatewayFixture gateway)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Limits_OfAToken_HoldItsRequests_AndNoOthersOfTheUser(bool limitedFirst)
    {
        var user = $"claims-{limitedFirst}";
        var (limited, free) = (TokenOf(user, 2), TokenOf(user, null));
        await gateway.MakeAsync("users", $$"""{"id":"{{user}}"}""");
        var key = (string)(await gateway.MakeAsync("keys", $$"""{"name":"hers","user":"{{user}}"}"""))["key"]!;
        if (!limitedFirst)
        {
            await AskAsync(free, 200);
        }

        await AskAsync(limited, 200, 200, 429);
        await AskAsync(free, 200, 200, 200);
        await AskAsync(key, 200, 200, 200);
        await AskAsync(limited, 429);
    }

    [Fact]
    public async Task Limits_OfTokensThatSayTheSame_AreShared_AndOthersAreTheirOwn()
    {
        var (one, same, other) = (TokenOf("sharing-claims", 2), TokenOf("sharing-claims", 2, "second"), TokenOf("sharing-claims", 3));

        await AskAsync(one, 200);
        await AskAsync(other, 200);
        await AskAsync(same, 200, 429);
        await AskAsync(other, 200, 200, 429);
    }

    [Fact]
    public async Task Limits_OfTheUser_HoldBesideTheTokens()
    {
        await gateway.MakeAsync("users", """{"id":"strict-claims","limits":{"requestsPerMinute":1}}""");

        await AskAsync(TokenOf("strict-claims", 5), 200, 429);
    }

    private static string TokenOf(string user, int? perMinute, string id = "first") => GuardedGatewayFixture.Token("user", more: new()
    {
        ["sub"] = user,
        ["jti"] = id,
        ["limits"] = perMinute is { } most ? new JsonObject { ["requests_per_minute"] = most } : new JsonObject(),
    });

    private async Task AskAsync(string credential, params int[] expected)
    {
        foreach (var status in expected)
        {
            var answer = await gateway.ChatAsync(credential);
            Assert.True((int)answer.Status == status, $"{status} was expected: {(int)answer.Status} {answer.Text}");
        }
    }
}
