using System.Net;
using Microsoft.AspNetCore.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>What a caller of a team sees of another's on the admin plane: nothing, whatever it may read.</summary>
[Collection(GuardedGatewayCollection.Name)]
public sealed class TenantTests(GuardedGatewayFixture gateway)
{
    private const string Reads = "\"keys.read\",\"limits.read\",\"limits.write\",\"models.read\",\"providers.read\",\"security.read\",\"system.read\",\"usage.read\"";

    /// <summary>What the names of the other team have in common.</summary>
    private const string Mark = "outsider";

    [Fact]
    public async Task Endpoint_ThatReads_ShowsNothingOfAnotherTeam_OrIsRefused()
    {
        var (insider, foreign) = await MeetAsync("walk");
        var (shown, refused) = (0, 0);
        foreach (var (endpoint, scope) in Readings())
        {
            foreach (var path in PathsOf(endpoint, foreign))
            {
                var answer = await gateway.ManageAsync(HttpMethod.Get, path, credential: insider.Key);
                if (scope == EndpointScope.Cluster)
                {
                    Assert.True((answer.Status, answer.Code) == (HttpStatusCode.Forbidden, "out_of_scope"), $"{path}: {(int)answer.Status} {answer.Text}");
                    refused++;
                    continue;
                }

                // Of the other's, only what was asked by name may be told again: that there is no such thing.
                Assert.True(answer.Status != HttpStatusCode.OK || !answer.Text.Contains(Mark, StringComparison.Ordinal), $"{path}: {answer.Text}");
                Assert.DoesNotContain(foreign.PublicId, answer.Status == HttpStatusCode.OK ? answer.Text : "", StringComparison.Ordinal);
                var all = await gateway.ManageAsync(HttpMethod.Get, path);
                shown += all.Status == HttpStatusCode.OK && (all.Text.Contains(Mark, StringComparison.Ordinal) || all.Text.Contains(foreign.PublicId, StringComparison.Ordinal)) ? 1 : 0;
            }
        }

        Assert.True(shown >= 10, $"An admin was shown the other team's {shown} times.");
        Assert.True(refused >= 5, $"{refused} endpoints were refused.");
    }

    [Theory]
    [InlineData("key")]
    [InlineData("user")]
    [InlineData("team")]
    [InlineData("model")]
    [InlineData("provider")]
    [InlineData("tag")]
    public async Task Usage_OfACallerOfATeam_IsItsTeamsAlone(string by)
    {
        var (insider, foreign) = await MeetAsync("usage-" + by);
        var own = await gateway.ManageAsync(HttpMethod.Get, "usage?limit=1000&by=" + by, credential: insider.Key);
        var all = await gateway.ManageAsync(HttpMethod.Get, "usage?limit=1000&by=" + by);

        Assert.Equal(1, Requests(own));
        Assert.True(Requests(all) >= 2, all.Text);
        Assert.DoesNotContain(foreign.PublicId, own.Text, StringComparison.Ordinal);

        static int Requests(GuardedCalls.Answer answer) => answer.Body["data"]!.AsArray().Sum(static group => (int)group!["requests"]!);
    }

    [Fact]
    public async Task Limits_OfTheOwnTeam_AreShown_AndLiftedByOthersAlone()
    {
        var (insider, foreign) = await MeetAsync("limits");
        await gateway.MakeAsync("users", """{"id":"limits-colleague","team":"limits-insiders"}""");
        var colleague = (string)(await gateway.MakeAsync("keys", """{"name":"colleague","user":"limits-colleague"}"""))["publicId"]!;
        var own = (string)(await gateway.MakeAsync("keys", """{"name":"second","user":"limits-insider"}"""))["publicId"]!;

        foreach (var (subject, read, lifted) in new[]
        {
            ("key:" + insider.PublicId, HttpStatusCode.OK, HttpStatusCode.Forbidden),
            ("key:" + own, HttpStatusCode.OK, HttpStatusCode.Forbidden),
            ("user:limits-insider", HttpStatusCode.OK, HttpStatusCode.Forbidden),
            ("token:0123456789abcdef:limits-insider", HttpStatusCode.OK, HttpStatusCode.Forbidden),
            ("team:limits-insiders", HttpStatusCode.OK, HttpStatusCode.Forbidden),
            ("key:" + colleague, HttpStatusCode.OK, HttpStatusCode.NoContent),
            ("user:limits-colleague", HttpStatusCode.OK, HttpStatusCode.NoContent),
            ("token:0123456789abcdef:limits-colleague", HttpStatusCode.OK, HttpStatusCode.NoContent),
            ("key:" + foreign.PublicId, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            ("user:limits-outsider", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            ("token:0123456789abcdef:limits-outsider", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            ("team:limits-outsiders", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            ("model:m", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            ("key:AAAAAAAAAAAA", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        })
        {
            var seen = await gateway.ManageAsync(HttpMethod.Get, "limits/" + subject, credential: insider.Key);
            var unblocked = await gateway.ManageAsync(HttpMethod.Post, $"limits/{subject}/unblock", credential: insider.Key);

            Assert.Equal((subject, read, lifted), (subject, seen.Status, unblocked.Status));
            Assert.Equal(read == HttpStatusCode.OK ? null : "out_of_scope", seen.Code);
            Assert.Equal(lifted == HttpStatusCode.NoContent ? null : "out_of_scope", unblocked.Code);
        }
    }

    [Fact]
    public async Task Limits_OfWhoIsOfNoTeam_AreLiftedByOthersToo_AdminsExcepted()
    {
        var lifter = await gateway.MakeAsync("keys", """{"name":"lifter","permissions":["limits.write"]}""");
        var other = await gateway.MakeAsync("keys", """{"name":"other"}""");

        Assert.Equal(HttpStatusCode.Forbidden, await UnblockAsync((string)lifter["publicId"]!, (string)lifter["key"]!));
        Assert.Equal(HttpStatusCode.NoContent, await UnblockAsync((string)other["publicId"]!, (string)lifter["key"]!));
        Assert.Equal(HttpStatusCode.NoContent, await UnblockAsync((string)lifter["publicId"]!, null));

        async Task<HttpStatusCode> UnblockAsync(string publicId, string? credential) =>
            (await gateway.ManageAsync(HttpMethod.Post, $"limits/key:{publicId}/unblock", credential: credential)).Status;
    }

    [Fact]
    public async Task Endpoint_ThatChangesWhatTeamsShare_IsRefusedToACallerOfATeam()
    {
        await gateway.MakeAsync("teams", """{"id":"sharing"}""");
        var key = (string)(await gateway.MakeAsync("keys", """{"name":"k","team":"sharing","permissions":["models.write","providers.configure","system.restart"]}"""))["key"]!;

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Put, "providers/p/models"), (HttpMethod.Patch, "providers/p"), (HttpMethod.Delete, "providers/p"), (HttpMethod.Post, "providers"),
            (HttpMethod.Post, "providers/p/drain"), (HttpMethod.Put, "routing"), (HttpMethod.Post, "config/check"), (HttpMethod.Post, "system/restart"),
        })
        {
            var answer = await gateway.ManageAsync(method, path, "{}", key);

            Assert.Equal((path, HttpStatusCode.Forbidden, "out_of_scope"), (path, answer.Status, answer.Code));
        }
    }

    private IEnumerable<(RouteEndpoint Endpoint, EndpointScope Scope)> Readings() =>
        from endpoint in gateway.Endpoints
        let requirement = endpoint.Metadata.GetMetadata<PermissionRequirement>()
        where requirement is not null && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET")
        select (endpoint, requirement.Scope);

    // Each place in a path has what the other team has there.
    private static IEnumerable<string> PathsOf(RouteEndpoint endpoint, Foreign foreign)
    {
        var path = endpoint.RoutePattern.RawText!["/admin/v1/".Length..].TrimEnd('/')
            .Replace("{name}", "p", StringComparison.Ordinal)
            .Replace("{publicId}", foreign.PublicId, StringComparison.Ordinal)
            .Replace("requests/{id}", "requests/" + foreign.RequestId, StringComparison.Ordinal)
            .Replace("users/{id}", "users/" + foreign.User, StringComparison.Ordinal)
            .Replace("teams/{id}", "teams/" + foreign.Team, StringComparison.Ordinal)
            .Replace("{**subject}", "user:" + foreign.User, StringComparison.Ordinal);
        Assert.DoesNotContain('{', path);
        return path == "usage"
            ? new[] { "key", "user", "team", "model", "provider", "tag" }.Select(by => "usage?limit=1000&by=" + by)
            : [path + "?limit=1000"];
    }

    private async Task<(Insider Insider, Foreign Foreign)> MeetAsync(string name)
    {
        foreach (var kind in new[] { "insider", Mark })
        {
            await gateway.MakeAsync("teams", $$"""{"id":"{{name}}-{{kind}}s"}""");
            await gateway.MakeAsync("users", $$"""{"id":"{{name}}-{{kind}}","team":"{{name}}-{{kind}}s"}""");
        }

        var insider = await gateway.MakeAsync("keys", $$"""{"name":"in","user":"{{name}}-insider","team":"{{name}}-insiders","roles":["user"],"permissions":[{{Reads}}]}""");
        var outsider = await gateway.MakeAsync("keys", $$"""{"name":"the {{Mark}}","user":"{{name}}-{{Mark}}","team":"{{name}}-{{Mark}}s"}""");
        var key = (string)insider["key"]!;
        Assert.Equal(HttpStatusCode.OK, (await gateway.ChatAsync(key)).Status);
        var foreign = await gateway.ChatAsync((string)outsider["key"]!);
        Assert.Equal(HttpStatusCode.OK, foreign.Status);
        await Wait.UntilAsync(
            async () =>
            {
                var used = (await gateway.ManageAsync(HttpMethod.Get, "usage?limit=1000&by=team")).Text;
                return used.Contains($"\"{name}-insiders\"", StringComparison.Ordinal) && used.Contains($"\"{name}-{Mark}s\"", StringComparison.Ordinal);
            },
            "the requests of both are in the ledger",
            TimeSpan.FromSeconds(15));
        return (
            new(key, (string)insider["publicId"]!),
            new((string)outsider["publicId"]!, $"{name}-{Mark}", $"{name}-{Mark}s", foreign.Headers.GetValues("x-request-id").Single()));
    }

    private sealed record Insider(string Key, string PublicId);

    private sealed record Foreign(string PublicId, string User, string Team, string RequestId);
}
