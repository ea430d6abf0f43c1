using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.Tests.Http.Keys;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Admin;

/// <summary>The admin plane of the whole product, over its own listener.</summary>
public sealed class AdminPlaneTests(KeyedGatewayFixture gateway) : KeyedTest(gateway)
{
    /// <summary>Every endpoint there is, read from the map itself, so that a new one cannot be forgotten.</summary>
    public static TheoryData<string, string> Endpoints
    {
        get
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Services.AddAdmin();
            builder.Services.AddSingleton<GatewayApi.Security.ICallerAuthenticator, Nobody>();
            builder.Services.AddSingleton(new GatewayApi.Audit.SecurityEvents(TimeProvider.System));
            builder.Services.AddSingleton<GatewayApi.Security.PermissionGate>();
            using var app = builder.Build();
            app.MapAdmin();
            var data = new TheoryData<string, string>();
            foreach (var endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
            {
                var path = endpoint.RoutePattern.RawText!.Replace("{name}", "upstream", StringComparison.Ordinal)
                    .Replace("{id}", "r-1", StringComparison.Ordinal)
                    .Replace("{publicId}", "4fGh2kLmN0pQ", StringComparison.Ordinal)
                    .Replace("{subject}", "key:4fGh2kLmN0pQ", StringComparison.Ordinal);
                foreach (var method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods)
                {
                    data.Add(method, path);
                }
            }

            return data;
        }
    }

    [Fact]
    public void Map_HasAllEndpoints() => Assert.True(Endpoints.Count >= 18, $"Only {Endpoints.Count} endpoints were found.");

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Endpoint_AsksForAnAdmin_WhateverTheRequestClaims(string method, string path)
    {
        var (_, user) = await CreateKeyAsync("no-admin");

        await AssertRefusedAsync(HttpStatusCode.Unauthorized, method, path, null);
        await AssertRefusedAsync(HttpStatusCode.Unauthorized, method, path, "sk-wrong");
        await AssertRefusedAsync(HttpStatusCode.Forbidden, method, path, user);
        await AssertRefusedAsync(HttpStatusCode.Unauthorized, method, path, null, ("Host", "localhost"), ("X-Original-URL", "/health/live"), ("X-HTTP-Method-Override", "GET"));
    }

    [Fact]
    public async Task Provider_FromItsCreationToItsEnd()
    {
        var body = new { name = "by-api", type = "openai", baseUrl = new Uri(Gateway.Upstream.Url, "/v1").ToString(), models = new[] { "api-model" } };
        using var created = await Gateway.Admin.PostAsJsonAsync("/admin/v1/providers", body, Cancel);
        Assert.Equal((HttpStatusCode.Created, "/admin/v1/providers/by-api"), (created.StatusCode, created.Headers.Location?.ToString()));
        var tag = created.Headers.ETag!.Tag;
        using var again = await Gateway.Admin.PostAsJsonAsync("/admin/v1/providers", body, Cancel);
        await AssertProblemAsync(again, HttpStatusCode.Conflict, "already_exists");
        Assert.Contains("by-api", await Gateway.Admin.GetStringAsync("/admin/v1/providers", Cancel), StringComparison.Ordinal);

        using var unseen = await ChangeAsync(HttpMethod.Patch, "by-api", new { priority = 3 }, null);
        await AssertProblemAsync(unseen, (HttpStatusCode)428, "version_required");
        using var moved = await ChangeAsync(HttpMethod.Patch, "by-api", new { priority = 3 }, "\"999\"");
        await AssertProblemAsync(moved, HttpStatusCode.PreconditionFailed, "version_mismatch");
        using var patched = await ChangeAsync(HttpMethod.Patch, "by-api", new { priority = 3 }, tag);
        var shown = await ReadAsync(patched);
        Assert.Equal((HttpStatusCode.OK, 3, "api-model"), (patched.StatusCode, (int)shown["priority"]!, (string)shown["models"]![0]!["id"]!));
        Assert.NotEqual(tag, patched.Headers.ETag!.Tag);

        using var drained = await ChangeAsync(HttpMethod.Post, "by-api/drain", null, patched.Headers.ETag.Tag);
        Assert.True((bool)(await ReadAsync(drained))["draining"]!);
        using var deleted = await ChangeAsync(HttpMethod.Delete, "by-api", null, drained.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await Gateway.Admin.GetAsync("/admin/v1/providers/by-api", Cancel);
        await AssertProblemAsync(gone, HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("PATCH", "upstream")]
    [InlineData("PUT", "upstream")]
    [InlineData("DELETE", "upstream")]
    [InlineData("POST", "upstream/drain")]
    public async Task Provider_OfTheFile_IsReadOnly(string method, string target)
    {
        using var response = await ChangeAsync(new HttpMethod(method), target, new { type = "openai" }, "*");

        await AssertProblemAsync(response, HttpStatusCode.Conflict, "managed_by_file");
    }

    [Fact]
    public async Task Provider_WithManyFaults_HearsOfAllOfThem()
    {
        using var response = await Gateway.Admin.PostAsJsonAsync("/admin/v1/providers", new
        {
            name = "Bad Name",
            type = "no-such-type",
            baseUrl = "http://user@host/?x=1",
            apiKey = "config:canary",
            weight = -1,
            maxConcurrency = "many",
            headers = new Dictionary<string, string> { ["Authorization"] = "x" },
            models = new object[] { "a*b", new { id = "m", contxtLength = 1 } },
            admin = true,
        }, Cancel);

        var problem = await AssertProblemAsync(response, HttpStatusCode.BadRequest, "invalid_body");
        Assert.Equal(
            ["admin", "apiKey", "baseUrl", "headers.Authorization", "maxConcurrency", "models[0]", "models[1].contxtLength", "name", "type", "weight"],
            problem["errors"]!.AsArray().Select(e => (string)e!["path"]!).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("canary", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"a","name":"b"}""", "application/json", 400, "invalid_json")]
    [InlineData("""[]""", "application/json", 400, "invalid_json")]
    [InlineData("""{"name":""", "application/json", 400, "invalid_json")]
    [InlineData("""{"name":"a","roles":["root"]}""", "application/json", 400, "invalid_body")]
    [InlineData("""{"name":"a","isAdmin":true}""", "application/json", 400, "invalid_body")]
    [InlineData("""{"name":"a","expiresAt":"2020-01-01T00:00:00Z"}""", "application/json", 400, "invalid_body")]
    [InlineData("""{}""", "application/json", 400, "invalid_body")]
    [InlineData("""{"name":"a"}""", "text/plain", 415, "unsupported_media_type")]
    [InlineData("name=a", "application/x-www-form-urlencoded", 415, "unsupported_media_type")]
    public async Task Key_FromABadBody_IsNotMade(string body, string type, int status, string code)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));

        using var response = await Gateway.Admin.PostAsync("/admin/v1/keys", content, Cancel);

        await AssertProblemAsync(response, (HttpStatusCode)status, code);
    }

    [Fact]
    public async Task Body_OverAMebibyte_IsRefused()
    {
        using var content = new StringContent($$"""{"name":"{{new string('a', 1024 * 1024)}}"}""", Encoding.UTF8, "application/json");

        using var response = await Gateway.Admin.PostAsync("/admin/v1/keys", content, Cancel);

        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task Keys_InPages_AreAllOfThem()
    {
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await CreateKeyAsync($"paged-{i}")).Id);
        }

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = JsonNode.Parse(await Gateway.Admin.GetStringAsync($"/admin/v1/keys?limit=2&after={after}", Cancel))!;
            Assert.InRange(page["data"]!.AsArray().Count, 0, 2);
            seen.AddRange(page["data"]!.AsArray().Select(k => (string)k!["publicId"]!));
            after = (string?)page["next"];
        }
        while (after is not null);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Subset(seen.ToHashSet(), made.ToHashSet());
    }

    [Fact]
    public async Task Cluster_ShowsItsSilo_AndItsGateway()
    {
        var cluster = JsonNode.Parse(await Gateway.Admin.GetStringAsync("/admin/v1/cluster", Cancel))!;

        Assert.Equal("Active", (string?)Assert.Single(cluster["silos"]!.AsArray())!["status"]);
        Assert.NotEmpty(cluster["activations"]!.AsObject());
        Assert.NotEmpty((string)cluster["version"]!);
    }

    private async Task AssertRefusedAsync(HttpStatusCode expected, string method, string path, string? key, params (string Name, string Value)[] headers)
    {
        using var client = TestHttp.Client(Gateway.Gateway.Admin);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var response = await client.SendAsync(request, Cancel);

        await AssertProblemAsync(response, expected, expected == HttpStatusCode.Unauthorized ? "invalid_api_key" : "insufficient_permissions");
    }

    private async Task<HttpResponseMessage> ChangeAsync(HttpMethod method, string target, object? body, string? ifMatch)
    {
        using var request = new HttpRequestMessage(method, $"/admin/v1/providers/{target}") { Content = body is null ? null : JsonContent.Create(body) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await Gateway.Admin.SendAsync(request, Cancel);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;

    private static async Task<JsonNode> AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal((code, (int)status), ((string?)problem["code"], (int?)problem["status"]));
        return problem;
    }

    private sealed class Nobody : GatewayApi.Security.ICallerAuthenticator
    {
        public ValueTask<GatewayApi.Security.Authentication> AuthenticateAsync(Microsoft.AspNetCore.Http.HttpContext context) =>
            throw new NotSupportedException("The map is read, not called.");
    }
}
