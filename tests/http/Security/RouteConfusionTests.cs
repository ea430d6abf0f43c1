using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Addresses that mean one thing to whoever guards and another to whoever answers (RELIABILITY S5), on every endpoint.</summary>
[Collection(GuardedGatewayCollection.Name)]
public sealed partial class RouteConfusionTests(GuardedGatewayFixture gateway)
{
    // The shapes that are another spelling of the same address.
    private static readonly string[] AsItIs = ["as it is", "a query", "HTTP/1.0", "x-original-url", "forwarded headers", "method override to nothing"];

    // {0} is the path, {1} the path without its slash at the front, {2} the endpoint's own method, {3} the same in lower case.
    public static TheoryData<string, string, string> Shapes => new()
    {
        { "{2} {0} HTTP/1.1", "host: 127.0.0.1", "as it is" },
        { "{2} {0}/ HTTP/1.1", "host: 127.0.0.1", "a slash behind" },
        { "{2} {0}. HTTP/1.1", "host: 127.0.0.1", "a dot behind" },
        { "{2} {0}%20 HTTP/1.1", "host: 127.0.0.1", "a blank behind" },
        { "{2} {0}%00 HTTP/1.1", "host: 127.0.0.1", "a null behind" },
        { "{2} {0};/health/live HTTP/1.1", "host: 127.0.0.1", "a parameter" },
        { "{2} {0}?/health/live HTTP/1.1", "host: 127.0.0.1", "a query" },
        { "{2} {0}#/health/live HTTP/1.1", "host: 127.0.0.1", "a fragment" },
        { "{2} /{0} HTTP/1.1", "host: 127.0.0.1", "two slashes" },
        { "{2} /.{0} HTTP/1.1", "host: 127.0.0.1", "a dot before" },
        { "{2} /health/live/../..{0} HTTP/1.1", "host: 127.0.0.1", "up from an open path" },
        { "{2} /health/live/..%2f..{0} HTTP/1.1", "host: 127.0.0.1", "up, encoded" },
        { "{2} /health/live/%2e%2e/%2e%2e{0} HTTP/1.1", "host: 127.0.0.1", "up, dots encoded" },
        { "{2} /health/live%2f..%2f..{0} HTTP/1.1", "host: 127.0.0.1", "up, slashes encoded" },
        { "{2} /%2f{1} HTTP/1.1", "host: 127.0.0.1", "the first slash encoded" },
        { "{2} /%252f{1} HTTP/1.1", "host: 127.0.0.1", "encoded twice" },
        { "{2} \\{1} HTTP/1.1", "host: 127.0.0.1", "a backslash" },
        { "{2} /health\\..{0} HTTP/1.1", "host: 127.0.0.1", "a backslash within" },
        { "{2} http://127.0.0.1{0} HTTP/1.1", "host: 127.0.0.1", "a whole address" },
        { "{2} http://evil.example{0} HTTP/1.1", "host: 127.0.0.1", "a whole address of another host" },
        { "{2} http://x/health/live@127.0.0.1{0} HTTP/1.1", "host: 127.0.0.1", "a user in the address" },
        { "{2} {0} HTTP/1.1", "host: x/#@y", "a host that is none" },
        { "{2} {0} HTTP/1.1", "host: 127.0.0.1/health/live#", "a host with a path" },
        { "{2} {0} HTTP/1.1", "host: evil.example", "another host" },
        { "{2} {0} HTTP/1.0", "connection: close", "HTTP/1.0 without a host" },
        { "{2} {0} HTTP/1.0", "host: 127.0.0.1", "HTTP/1.0" },
        { "{2} {0} HTTP/1.1", "host: 127.0.0.1\r\nx-original-url: /health/live", "x-original-url" },
        { "{2} {0} HTTP/1.1", "host: 127.0.0.1\r\nx-rewrite-url: /health/live", "x-rewrite-url" },
        { "{2} /health/live{0} HTTP/1.1", "host: 127.0.0.1\r\nx-original-url: {0}", "x-original-url to it" },
        { "{2} {0} HTTP/1.1", "host: 127.0.0.1\r\nx-forwarded-prefix: /health/live\r\nx-forwarded-host: 127.0.0.1\r\nx-forwarded-for: 127.0.0.1", "forwarded headers" },
        { "POST {0} HTTP/1.1", "host: 127.0.0.1\r\ncontent-length: 0\r\nx-http-method-override: GET", "method override" },
        { "{2} {0} HTTP/1.1", "host: 127.0.0.1\r\nx-http-method-override: OPTIONS\r\nx-method-override: OPTIONS", "method override to nothing" },
        { "OPTIONS {0} HTTP/1.1", "host: 127.0.0.1\r\norigin: http://evil.example\r\naccess-control-request-method: GET", "a preflight" },
        { "HEAD {0} HTTP/1.1", "host: 127.0.0.1", "HEAD" },
        { "TRACE {0} HTTP/1.1", "host: 127.0.0.1", "TRACE" },
        { "CONNECT {0} HTTP/1.1", "host: 127.0.0.1", "CONNECT" },
        { "{3} {0} HTTP/1.1", "host: 127.0.0.1", "a method in lower case" },
    };

    [Theory, MemberData(nameof(Shapes))]
    public async Task Address_OfAnyShape_LetsNoStrangerIn(string line, string headers, string what)
    {
        var shape = new Shape(line, headers, what);
        foreach (var target in Targets())
        {
            await AssertRefusedAsync(target, shape, authorization: null);

            // Whoever may only look is let into no dashboard and no keys either.
            if (target.Path.StartsWith("/dashboard", StringComparison.Ordinal) || target.Path.EndsWith("/keys", StringComparison.Ordinal))
            {
                await AssertRefusedAsync(target, shape, "Bearer " + GuardedGatewayFixture.Token(RoleTable.Viewer));
            }
        }
    }

    [Fact]
    public async Task Shapes_OfWhoMayEverything_ReachWhatStrangersAreKeptFrom()
    {
        var admin = "Bearer " + GuardedGatewayFixture.Token(RoleTable.Admin);
        var reached = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in Shapes)
        {
            var (line, headers, what) = row.Data;
            foreach (var target in Targets().Where(static target => target is { Method: "POST", Path: "/v1/chat/completions" } or { Method: "GET", Path: "/admin/v1/keys" or "/v1/models" }))
            {
                // What is wrong with a body is told to those alone who are let in.
                var (status, answer) = await SendAsync(target, new(line, headers, what), admin);
                reached[what] = reached.GetValueOrDefault(what)
                    + (status == 200 || answer.Contains("'messages'", StringComparison.Ordinal) || answer.Contains("'model'", StringComparison.Ordinal) ? 1 : 0);
            }
        }

        Assert.All(AsItIs, what => Assert.Equal((what, 3), (what, reached[what])));
    }

    [Fact]
    public async Task EveryEndpoint_OnEveryListener_LetsNoStrangerIn()
    {
        Assert.True(Targets().Count() > 60, $"{Targets().Count()} endpoints were found.");
        foreach (var target in Targets())
        {
            foreach (var listener in new[] { gateway.AdminAddress, gateway.DataAddress, gateway.OpsAddress })
            {
                await AssertRefusedAsync(target with { Listener = listener }, new("{2} {0} HTTP/1.1", "host: 127.0.0.1", "its own method"), authorization: null);
                await AssertRefusedAsync(target with { Listener = listener }, new("DELETE {0}/ HTTP/1.1", "host: 127.0.0.1", "DELETE"), authorization: null);
            }
        }
    }

    [Fact]
    public async Task AdminPlane_IsNotOnTheOtherListeners()
    {
        var admin = "Bearer " + GuardedGatewayFixture.Token(RoleTable.Admin);
        var shape = new Shape("{2} {0} HTTP/1.1", string.Create(CultureInfo.InvariantCulture, $"host: 127.0.0.1:{gateway.AdminAddress.Port}"), "the admin listener's host");
        foreach (var target in Targets().Where(target => target.Listener == gateway.AdminAddress))
        {
            foreach (var listener in new[] { gateway.DataAddress, gateway.OpsAddress })
            {
                var (status, answer) = await SendAsync(target with { Listener = listener }, shape, admin);
                Assert.True(status == 404, $"{target}: {answer}");
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

    /// <summary>Every guarded endpoint and route with its own methods, names and ids filled in.</summary>
    private IEnumerable<Target> Targets()
    {
        var admin = gateway.Endpoints
            .Where(static endpoint => endpoint.Metadata.OfType<PermissionRequirement>().Any())
            .SelectMany(static endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => (Method: method, Path: "/" + Placeholder().Replace(endpoint.RoutePattern.RawText!, "p").Trim('/'))))
            .Where(static one => one.Path.Length > 1);
        return admin.Select(one => new Target(gateway.AdminAddress, one.Method, one.Path))
            .Concat(DataRoute.All.Select(route => new Target(gateway.DataAddress, route.Method, route.Path.TrimEnd('/'))))
            .Distinct();
    }

    private static async Task AssertRefusedAsync(Target target, Shape shape, string? authorization)
    {
        var (status, answer) = await SendAsync(target, shape, authorization);

        // A status of success, or what is wrong with a body, is what no stranger may see; that there is nothing to see is no secret.
        var isRefused = status is 0 or 401 or 403 or 404 or 405 or 501 or 505 || (status == 400 && IsOfTheFrame(answer));
        Assert.True(isRefused, $"{shape.What}: {target}\n{answer}");
    }

    // Kestrel's own refusals have no body, ours of a request that is none name no field.
    private static bool IsOfTheFrame(string answer) =>
        answer.EndsWith("\r\n\r\n", StringComparison.Ordinal) || answer.Contains("malformed_request", StringComparison.Ordinal);

    private static async Task<(int Status, string Answer)> SendAsync(Target target, Shape shape, string? authorization)
    {
        using var client = await RawHttp.ConnectAsync(target.Listener);
        var line = string.Format(CultureInfo.InvariantCulture, shape.Line, target.Path, target.Path[1..], target.Method, target.Method.ToLowerInvariant());
        var body = line.StartsWith("GET", StringComparison.OrdinalIgnoreCase) || shape.Headers.Contains("content-length", StringComparison.Ordinal) ? "" : "{}";
        await client.SendAsync(line + "\r\n"
            + string.Format(CultureInfo.InvariantCulture, shape.Headers, target.Path) + "\r\nconnection: close\r\n"
            + (body.Length == 0 ? "" : "content-type: application/json\r\ncontent-length: 2\r\n")
            + (authorization is null ? "" : $"authorization: {authorization}\r\n") + "\r\n" + body);
        var answer = await client.ReadToEndAsync();
        return (answer.Length == 0 ? 0 : int.Parse(answer.Split(' ')[1], CultureInfo.InvariantCulture), answer);
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Placeholder();

    private sealed record Target(Uri Listener, string Method, string Path);

    private sealed record Shape(string Line, string Headers, string What);
}
