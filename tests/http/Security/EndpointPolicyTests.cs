using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

[CollectionDefinition(Name)]
public sealed class GuardedGatewayCollection : ICollectionFixture<GuardedGatewayFixture>
{
    public const string Name = "guarded gateway";
}

/// <summary>Every endpoint there is, asked by every kind of caller.</summary>
[Collection(GuardedGatewayCollection.Name)]
public sealed class EndpointPolicyTests(GuardedGatewayFixture gateway)
{
    private static readonly string[] Open = ["/health/live", "/health/ready", "/health/startup", "/livez", "/metrics", "/readyz"];

    private static readonly string[] Roles = ["", RoleTable.User, RoleTable.Viewer, RoleTable.Editor, RoleTable.Admin];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Endpoints_SayWhatTheyTake_OrAreOfTheFewThatAreOpen()
    {
        var endpoints = gateway.Endpoints;
        Assert.True(endpoints.Count >= 20 + (3 * 5), $"{endpoints.Count} endpoints were found.");

        var unguarded = endpoints
            .Where(static endpoint => endpoint.Metadata.GetMetadata<PermissionRequirement>() is null && endpoint.Metadata.GetMetadata<OpenEndpoint>() is null)
            .Select(static endpoint => endpoint.RoutePattern.RawText);
        Assert.Empty(unguarded);
        Assert.Equal(
            Open,
            endpoints.Where(static endpoint => endpoint.Metadata.GetMetadata<OpenEndpoint>() is not null).Select(static endpoint => endpoint.RoutePattern.RawText!).Distinct().Order(StringComparer.Ordinal));
        Assert.DoesNotContain(endpoints, static endpoint => endpoint.Metadata.GetMetadata<OpenEndpoint>() is not null && endpoint.Metadata.GetMetadata<PermissionRequirement>() is not null);
        Assert.DoesNotContain(endpoints, static endpoint => endpoint.Metadata.GetMetadata<PermissionRequirement>() is { Permission: Permission.None });
        Assert.DoesNotContain(endpoints, static endpoint => endpoint.Metadata.GetMetadata<PermissionRequirement>() is { Scope: EndpointScope.None });
    }

    [Fact]
    public void Catalogue_InTheDocument_NamesEveryPermissionAndEndpoint()
    {
        const string Start = "tests hold it to them -->\n";
        const string End = "<!-- end of catalogue -->";
        var file = Path.Combine(RepositoryPaths.Root, "docs", "access.md");
        var document = File.ReadAllText(file);
        var start = document.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var end = document.IndexOf(End, StringComparison.Ordinal);
        var catalogue = Catalogue();
        if (Environment.GetEnvironmentVariable("PROXYCLUSTER_WRITE_GOLDEN") is not null)
        {
            File.WriteAllText(file, document[..start] + catalogue + document[end..]);
            return;
        }

        Assert.Equal(catalogue, document[start..end]);
    }

    [Fact]
    public async Task AdminEndpoint_AnswersWhoHasItsPermission_AndNobodyElse()
    {
        var asked = 0;
        foreach (var (endpoint, method) in AdminEndpoints())
        {
            var path = PathOf(endpoint);
            var required = endpoint.Metadata.GetMetadata<PermissionRequirement>()!.Permission;
            foreach (var credential in new[] { null, "Bearer sk-pc-wrong", "Bearer " + GuardedGatewayFixture.Token("admin", -600), "Bearer a.b.c", "Basic YTpi" })
            {
                Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await AskAsync(gateway.Admin, method, path, credential)));
            }

            foreach (var role in Roles)
            {
                var may = (RoleTable.BuiltIn.Allow([role], []) & required) == required;

                // To be let in is tried with what changes nothing, since it would.
                if (!may || HttpMethods.IsGet(method))
                {
                    var status = await AskAsync(gateway.Admin, method, path, "Bearer " + GuardedGatewayFixture.Token(role));
                    Assert.True(
                        may ? status is HttpStatusCode.OK or HttpStatusCode.NotFound : status == HttpStatusCode.Forbidden,
                        $"{method} {path} as '{role}': {(int)status}");
                    asked++;
                }
            }
        }

        Assert.True(asked > 60, $"{asked} answers were looked at.");
    }

    [Fact]
    public async Task DataRoute_AnswersWhoHasItsPermission_AndNobodyElse()
    {
        foreach (var route in DataRoute.All)
        {
            var path = route.Path.EndsWith('/') ? route.Path + GuardedGatewayFixture.Model : route.Path;
            foreach (var credential in new[] { null, "Bearer sk-pc-wrong", "Bearer " + GuardedGatewayFixture.Token("user", -600), "Bearer a.b.c", "Basic YTpi" })
            {
                Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await AskAsync(gateway.Data, route.Method, path, credential)));
            }

            // One's own usage is shown to whoever is known.
            Assert.Equal(route.Path == DataRoute.Usage, route.Permission == Permission.None);
            foreach (var role in Roles)
            {
                var may = (RoleTable.BuiltIn.Allow([role], []) & route.Permission) == route.Permission;
                var status = await AskAsync(gateway.Data, route.Method, path, "Bearer " + GuardedGatewayFixture.Token(role));

                // Let in, what is asked is then found wanting.
                Assert.True(
                    may ? status is HttpStatusCode.OK or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.BadRequest : status == HttpStatusCode.Forbidden,
                    $"{route.Method} {path} as '{role}': {(int)status}");
            }
        }
    }

    [Fact]
    public async Task Editor_ChangesModels_ButNotProviders()
    {
        var path = "/admin/v1/providers/p";
        var editor = "Bearer " + GuardedGatewayFixture.Token(RoleTable.Editor);

        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(gateway.Admin, "PATCH", path, editor, """{"models":["x"]}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(gateway.Admin, "PUT", path + "/models", editor, """{"models":["x"],"baseUrl":"https://evil.example"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(gateway.Admin, "PUT", path + "/models", editor, """{}"""));

        // Let in: it is the file's.
        Assert.Equal(HttpStatusCode.Conflict, await AskAsync(gateway.Admin, "PUT", path + "/models", editor, """{"models":["x"]}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(gateway.Admin, "PUT", path + "/models", "Bearer " + GuardedGatewayFixture.Token(RoleTable.Viewer), """{"models":["x"]}"""));
    }

    [Theory]
    [InlineData("x-proxy-provider", "p")]
    [InlineData("x-proxy-strategy", "latency")]
    [InlineData("x-proxy-strategy", "no-such-strategy")]
    [InlineData("x-proxy-region", "no-such-region")]
    [InlineData("x-proxy-priority", "critical")]
    public async Task Wish_ForARoute_TakesThePermission(string header, string value)
    {
        async Task<HttpStatusCode> AskAs(string role)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = new StringContent("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}""", MediaTypeHeaderValue.Parse("application/json")),
            };
            request.Headers.Add(header, value);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + GuardedGatewayFixture.Token(role));
            using var response = await gateway.Data.SendAsync(request, Cancel);
            return response.StatusCode;
        }

        var (denied, used) = (gateway.CountOf(SecurityEventType.PermissionDenied), gateway.CountOf(SecurityEventType.PrivilegeUsed));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAs(RoleTable.User));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAs(RoleTable.Editor));
        Assert.Equal((denied + 2, used), (gateway.CountOf(SecurityEventType.PermissionDenied), gateway.CountOf(SecurityEventType.PrivilegeUsed)));

        Assert.Equal(value[0] == 'n' ? HttpStatusCode.BadRequest : HttpStatusCode.OK, await AskAs(RoleTable.Admin));
        Assert.Equal((denied + 2, used + 1), (gateway.CountOf(SecurityEventType.PermissionDenied), gateway.CountOf(SecurityEventType.PrivilegeUsed)));
    }

    private string Catalogue()
    {
        var routes = AdminEndpoints()
            .Select(static one => (one.Endpoint.Metadata.GetMetadata<PermissionRequirement>()!.Permission, Route: $"`{one.Method} {one.Endpoint.RoutePattern.RawText!.TrimEnd('/')}`"))
            .Concat(DataRoute.All.Select(static route => (route.Permission, Route: $"`{route.Method} {(route.Path.EndsWith('/') ? route.Path + "{id}" : route.Path)}`")))
            .ToLookup(static one => one.Permission, static one => one.Route);
        var lines = Enum.GetValues<Permission>()
            .Where(static permission => permission != Permission.All)
            .Select(permission => $"| {(permission == Permission.None ? "any credential" : $"`{Permissions.NameOf(permission)}`")} | {(routes[permission].Any() ? string.Join(", ", routes[permission].Distinct().Order(StringComparer.Ordinal)) : "–")} |\n");
        return "\n| permission | routes |\n|---|---|\n" + string.Concat(lines) + "\n| to a caller of a team that is no admin | routes of the admin plane |\n|---|---|\n" + Scopes() + "\n";
    }

    private string Scopes()
    {
        var routes = AdminEndpoints().ToLookup(
            static one => one.Endpoint.Metadata.GetMetadata<PermissionRequirement>()!.Scope,
            static one => $"`{one.Method} {one.Endpoint.RoutePattern.RawText!.TrimEnd('/').Replace("/admin/v1/", "", StringComparison.Ordinal)}`");
        return string.Concat(new[]
        {
            (What: "its own team's alone", Scope: EndpointScope.Team),
            (What: "the same as to all", Scope: EndpointScope.Shared),
            (What: "403 `out_of_scope`", Scope: EndpointScope.Cluster),
        }.Select(one => $"| {one.What} | {string.Join(", ", routes[one.Scope].Distinct().Order(StringComparer.Ordinal))} |\n"));
    }

    private IEnumerable<(RouteEndpoint Endpoint, string Method)> AdminEndpoints() =>
        from endpoint in gateway.Endpoints
        where endpoint.Metadata.GetMetadata<PermissionRequirement>() is not null
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select (endpoint, method);

    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(static segment =>
        string.Concat(segment.Parts.Select(static part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "publicId" } => "AAAAAAAAAAAA",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "subject" } => "key:AAAAAAAAAAAA",
            _ => "nobody",
        }))));

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string method, string path, string? credential, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
            request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        }

        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", credential);
        }

        using var response = await client.SendAsync(request, Cancel);
        return response.StatusCode;
    }
}
