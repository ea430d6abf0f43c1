using System.Globalization;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Addresses that mean one thing to whoever guards and another to whoever answers (RELIABILITY S5), on every endpoint.</summary>
[Collection(GuardedGatewayCollection.Name)]
public sealed class RouteConfusionTests(GuardedGatewayFixture gateway)
{
    private static readonly string[] AdminPaths = ["/admin/v1/keys", "/admin/v1/providers", "/admin/v1/providers/p", "/admin/v1/config", "/admin/v1/cluster", "/dashboard", "/dashboard/"];

    // {0} is the path, {1} the path without its slash at the front.
    public static TheoryData<string, string, string> Shapes => new()
    {
        { "GET {0} HTTP/1.1", "host: 127.0.0.1", "as it is" },
        { "GET {0}/ HTTP/1.1", "host: 127.0.0.1", "a slash behind" },
        { "GET {0}. HTTP/1.1", "host: 127.0.0.1", "a dot behind" },
        { "GET {0}%20 HTTP/1.1", "host: 127.0.0.1", "a blank behind" },
        { "GET {0}%00 HTTP/1.1", "host: 127.0.0.1", "a null behind" },
        { "GET {0};/health/live HTTP/1.1", "host: 127.0.0.1", "a parameter" },
        { "GET {0}?/health/live HTTP/1.1", "host: 127.0.0.1", "a query" },
        { "GET {0}#/health/live HTTP/1.1", "host: 127.0.0.1", "a fragment" },
        { "GET /{0} HTTP/1.1", "host: 127.0.0.1", "two slashes" },
        { "GET /.{0} HTTP/1.1", "host: 127.0.0.1", "a dot before" },
        { "GET /health/live/../..{0} HTTP/1.1", "host: 127.0.0.1", "up from an open path" },
        { "GET /health/live/..%2f..{0} HTTP/1.1", "host: 127.0.0.1", "up, encoded" },
        { "GET /health/live/%2e%2e/%2e%2e{0} HTTP/1.1", "host: 127.0.0.1", "up, dots encoded" },
        { "GET /health/live%2f..%2f..{0} HTTP/1.1", "host: 127.0.0.1", "up, slashes encoded" },
        { "GET /%2f{1} HTTP/1.1", "host: 127.0.0.1", "the first slash encoded" },
        { "GET /%252f{1} HTTP/1.1", "host: 127.0.0.1", "encoded twice" },
        { "GET \\{1} HTTP/1.1", "host: 127.0.0.1", "a backslash" },
        { "GET /health\\..{0} HTTP/1.1", "host: 127.0.0.1", "a backslash within" },
        { "GET http://127.0.0.1{0} HTTP/1.1", "host: 127.0.0.1", "a whole address" },
        { "GET http://evil.example{0} HTTP/1.1", "host: 127.0.0.1", "a whole address of another host" },
        { "GET http://x/health/live@127.0.0.1{0} HTTP/1.1", "host: 127.0.0.1", "a user in the address" },
        { "GET {0} HTTP/1.1", "host: x/#@y", "a host that is none" },
        { "GET {0} HTTP/1.1", "host: 127.0.0.1/health/live#", "a host with a path" },
        { "GET {0} HTTP/1.1", "host: evil.example", "another host" },
        { "GET {0} HTTP/1.0", "connection: close", "HTTP/1.0 without a host" },
        { "GET {0} HTTP/1.0", "host: 127.0.0.1", "HTTP/1.0" },
        { "GET {0} HTTP/1.1", "host: 127.0.0.1\r\nx-original-url: /health/live", "x-original-url" },
        { "GET {0} HTTP/1.1", "host: 127.0.0.1\r\nx-rewrite-url: /health/live", "x-rewrite-url" },
        { "GET /health/live{0} HTTP/1.1", "host: 127.0.0.1\r\nx-original-url: {0}", "x-original-url to it" },
        { "GET {0} HTTP/1.1", "host: 127.0.0.1\r\nx-forwarded-prefix: /health/live\r\nx-forwarded-host: 127.0.0.1\r\nx-forwarded-for: 127.0.0.1", "forwarded headers" },
        { "POST {0} HTTP/1.1", "host: 127.0.0.1\r\ncontent-length: 0\r\nx-http-method-override: GET", "method override" },
        { "GET {0} HTTP/1.1", "host: 127.0.0.1\r\nx-http-method-override: OPTIONS\r\nx-method-override: OPTIONS", "method override to nothing" },
        { "OPTIONS {0} HTTP/1.1", "host: 127.0.0.1\r\norigin: http://evil.example\r\naccess-control-request-method: GET", "a preflight" },
        { "HEAD {0} HTTP/1.1", "host: 127.0.0.1", "HEAD" },
        { "TRACE {0} HTTP/1.1", "host: 127.0.0.1", "TRACE" },
        { "CONNECT {0} HTTP/1.1", "host: 127.0.0.1", "CONNECT" },
        { "get {0} HTTP/1.1", "host: 127.0.0.1", "a method in lower case" },
    };

    [Theory, MemberData(nameof(Shapes))]
    public async Task Address_OfAnyShape_LetsNoStrangerIn(string line, string headers, string what)
    {
        foreach (var path in AdminPaths)
        {
            await AssertRefusedAsync(gateway.AdminAddress, path, line, headers, what, authorization: null);

            // Whoever may only look is let into no dashboard and no keys either.
            if (path.StartsWith("/dashboard", StringComparison.Ordinal) || path.EndsWith("/keys", StringComparison.Ordinal))
            {
                await AssertRefusedAsync(gateway.AdminAddress, path, line, headers, what, "Bearer " + GuardedGatewayFixture.Token(RoleTable.Viewer));
            }
        }

        foreach (var route in DataRoute.All)
        {
            await AssertRefusedAsync(gateway.DataAddress, route.Path.TrimEnd('/'), line, headers, what, authorization: null);
        }
    }

    [Fact]
    public async Task EveryEndpoint_OnEveryListener_LetsNoStrangerIn()
    {
        foreach (var endpoint in gateway.Endpoints.Where(static endpoint => endpoint.Metadata.OfType<PermissionRequirement>().Any()))
        {
            var path = endpoint.RoutePattern.RawText!.Replace("{name}", "p", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            foreach (var listener in new[] { gateway.AdminAddress, gateway.DataAddress, gateway.OpsAddress })
            {
                await AssertRefusedAsync(listener, path, "GET {0} HTTP/1.1", "host: 127.0.0.1", "GET", authorization: null);
                await AssertRefusedAsync(listener, path, "DELETE {0}/ HTTP/1.1", "host: 127.0.0.1", "DELETE", authorization: null);
            }
        }
    }

    [Fact]
    public async Task AdminPlane_IsNotOnTheOtherListeners()
    {
        var admin = "Bearer " + GuardedGatewayFixture.Token(RoleTable.Admin);
        foreach (var path in AdminPaths)
        {
            foreach (var listener in new[] { gateway.DataAddress, gateway.OpsAddress })
            {
                await AssertRefusedAsync(listener, path, "GET {0} HTTP/1.1", string.Create(CultureInfo.InvariantCulture, $"host: 127.0.0.1:{gateway.AdminAddress.Port}"), "the admin listener's host", admin);
            }
        }
    }

    [Fact]
    public async Task Http2_WithoutTls_IsNotSpoken()
    {
        using var client = await RawHttp.ConnectAsync(gateway.AdminAddress);
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0");

        var answer = await client.ReadToEndAsync();

        // At most a frame that says so (GOAWAY, 7), and none that answers (HEADERS, 1; DATA, 0).
        var isFrames = !answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) && !answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal);
        for (var at = 0; isFrames && at + 9 <= answer.Length; at += 9 + (answer[at] << 16) + (answer[at + 1] << 8) + answer[at + 2])
        {
            Assert.True(answer[at + 3] is '\u0004' or '\u0007', $"A frame of type {(int)answer[at + 3]} came.");
        }
    }

    private static async Task AssertRefusedAsync(Uri listener, string path, string line, string headers, string what, string? authorization)
    {
        using var client = await RawHttp.ConnectAsync(listener);
        var request = string.Format(CultureInfo.InvariantCulture, line, path, path[1..]) + "\r\n"
            + string.Format(CultureInfo.InvariantCulture, headers, path) + "\r\nconnection: close\r\n"
            + (authorization is null ? "" : $"authorization: {authorization}\r\n") + "\r\n";
        await client.SendAsync(request);

        // A status of success is what no stranger may see; that there is nothing to see is no secret.
        var answer = await client.ReadToEndAsync();
        var status = answer.Length == 0 ? 0 : int.Parse(answer.Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.True(status is 0 or 400 or 401 or 403 or 404 or 405 or 501 or 505, $"{what}: {request}\n{answer}");
    }
}
