using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Keys;

/// <summary>Users and teams, and what becomes of their keys.</summary>
public sealed class SubjectAdminTests(KeyedGatewayFixture gateway) : KeyedTest(gateway)
{
    [Theory]
    [InlineData("teams")]
    [InlineData("users")]
    public async Task Subject_FromItsCreationToItsEnd(string kind)
    {
        var id = $"life-of-{kind}";
        var made = await SendAsync(HttpMethod.Post, kind, $$"""{"id":"{{id}}","name":"First","limits":{"tokensPerHour":1000},"models":["gpt-*"]}""");
        Assert.Equal((HttpStatusCode.Created, $"/admin/v1/{kind}/{id}"), (made.Status, made.Location));
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(HttpMethod.Post, kind, $$"""{"id":"{{id}}"}""")).Status);

        var blind = await SendAsync(HttpMethod.Patch, $"{kind}/{id}", """{"name":"Second"}""");
        var changed = await SendAsync(HttpMethod.Patch, $"{kind}/{id}", """{"name":"Second","models":null}""", made.Tag);
        var late = await SendAsync(HttpMethod.Delete, $"{kind}/{id}", null, made.Tag);
        Assert.Equal(((HttpStatusCode)428, HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (blind.Status, changed.Status, late.Status));
        Assert.Equal(("Second", 1000, 0), ((string?)changed.Body["name"], (int)changed.Body["limits"]!["tokensPerHour"]!, changed.Body["models"]!.AsArray().Count));

        var list = await SendAsync(HttpMethod.Get, $"{kind}?limit=1000", null);
        Assert.Contains(id, list.Body["data"]!.AsArray().Select(item => (string)item!["id"]!));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, $"{kind}/{id}", null, changed.Tag)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"{kind}/{id}", null)).Status);
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(HttpMethod.Post, kind, $$"""{"id":"{{id}}"}""")).Status);
    }

    [Theory]
    [InlineData("teams", """{"id":"x","team":"y"}""", "team")]
    [InlineData("users", """{"id":"x","team":"nowhere"}""", "team")]
    [InlineData("users", """{"id":"x","role":"admin"}""", "role")]
    [InlineData("users", """{"id":"a b"}""", "id")]
    [InlineData("users", """{"id":"a/../b"}""", "id")]
    [InlineData("users", """{"name":"no id"}""", "id")]
    [InlineData("teams", """{"id":"x","suspended":"yes"}""", "suspended")]
    [InlineData("teams", """{"id":"x","limits":{"budget":1}}""", "limits.budget")]
    public async Task Body_WithAFault_IsRefused_AndTheFieldIsNamed(string kind, string body, string field)
    {
        var answer = await SendAsync(HttpMethod.Post, kind, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(field, answer.Body["errors"]!.AsArray().Select(error => (string)error!["path"]!));
    }

    [Fact]
    public async Task Members_ComeAndGo()
    {
        await SendAsync(HttpMethod.Post, "teams", """{"id":"crew"}""");
        var user = await SendAsync(HttpMethod.Post, "users", """{"id":"member@example.com"}""");

        var joined = await SendAsync(HttpMethod.Put, "teams/crew/members/member@example.com", null, user.Tag);
        var members = await SendAsync(HttpMethod.Get, "teams/crew/members", null);
        var left = await SendAsync(HttpMethod.Delete, "teams/crew/members/member@example.com", null, joined.Tag);
        var none = await SendAsync(HttpMethod.Delete, "teams/crew/members/member@example.com", null, left.Tag);

        Assert.Equal(("crew", null), ((string?)joined.Body["team"], (string?)left.Body["team"]));
        Assert.Equal(["member@example.com"], members.Body["data"]!.AsArray().Select(item => (string)item!["id"]!));
        Assert.Equal(HttpStatusCode.NotFound, none.Status);
    }

    [Theory]
    [InlineData("teams", "suspended")]
    [InlineData("users", "suspended")]
    [InlineData("teams", "deleted")]
    [InlineData("users", "deleted")]
    public async Task Keys_OfWhoIsSuspendedOrDeleted_AreRefusedAtOnce_AndServedWhenItIsBack(string kind, string how)
    {
        var id = $"{how}-{kind}";
        var made = await SendAsync(HttpMethod.Post, kind, $$"""{"id":"{{id}}"}""");
        var key = (string)(await SendAsync(HttpMethod.Post, "keys", $$"""{"name":"k","{{kind[..^1]}}":"{{id}}"}""")).Body["key"]!;
        using (var before = await ChatAsync(key))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        var taken = how == "suspended"
            ? await SendAsync(HttpMethod.Patch, $"{kind}/{id}", """{"suspended":true}""", made.Tag)
            : await SendAsync(HttpMethod.Delete, $"{kind}/{id}", null, made.Tag);
        Assert.Empty(taken.Body["reach"]!["laggards"]!.AsArray());
        using (var refused = await ChatAsync(key))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        var back = how == "suspended"
            ? await SendAsync(HttpMethod.Patch, $"{kind}/{id}", """{"suspended":false}""", taken.Tag)
            : await SendAsync(HttpMethod.Post, kind, $$"""{"id":"{{id}}"}""");
        Assert.True(back.Status is HttpStatusCode.OK or HttpStatusCode.Created);
        await Wait.UntilAsync(
            async () =>
            {
                using var served = await ChatAsync(key);
                return served.StatusCode == HttpStatusCode.OK;
            },
            "its keys are served again",
            TimeSpan.FromSeconds(5));
    }

    private async Task<(HttpStatusCode Status, JsonObject Body, EntityTagHeaderValue? Tag, string? Location)> SendAsync(
        HttpMethod method, string path, string? body, EntityTagHeaderValue? version = null)
    {
        using var request = new HttpRequestMessage(method, "/admin/v1/" + path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (version is not null)
        {
            request.Headers.IfMatch.Add(version);
        }

        using var answer = await Gateway.Admin.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return (answer.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject(), answer.Headers.ETag, answer.Headers.Location?.ToString());
    }
}
