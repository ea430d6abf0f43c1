using System.Text.Json;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>What of a client's headers and texts reaches a provider's headers, and of a provider's a client's: what is listed here, and nothing else.</summary>
public sealed class HeaderInjectionTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private static readonly string[] ToProviders =
    [
        "host", "user-agent", "authorization", "accept", "content-type", "content-length", "traceparent", "tracestate", "x-api-key", "anthropic-version", "anthropic-beta",
    ];

    private static readonly string[] ToClients =
    [
        "content-type", "content-length", "date", "transfer-encoding", "cache-control", "x-accel-buffering", "x-request-id", "server-timing", "x-proxy-provider", "x-proxy-model",
        "x-proxy-strategy", "x-proxy-region", "x-proxy-attempts", "x-proxy-cost-usd", "x-proxy-warning", "x-proxy-fallback", "x-proxy-stale", "request-id", "retry-after",
        "retry-after-ms", "x-should-retry", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "x-content-type-options",
    ];

    private const string Hostile =
        "cookie: session=planted\r\nx-forwarded-for: 10.0.0.1\r\nx-forwarded-host: evil.example\r\nx-forwarded-proto: https\r\nforwarded: for=10.0.0.1;host=evil.example\r\n"
        + "proxy-authorization: Basic cGxhbnRlZA==\r\nproxy-connection: keep-alive\r\nvia: 1.1 evil.example\r\nx-real-ip: 10.0.0.1\r\nx-original-url: /admin/v1/keys\r\n"
        + "x-http-method-override: DELETE\r\nte: trailers\r\ntrailer: x-planted\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nexpect: 100-continue\r\n"
        + "openai-organization: org-planted\r\nopenai-project: proj-planted\r\nx-custom-host: evil.example\r\nx-portkey-custom-host: evil.example\r\nx-goog-api-key: planted\r\n"
        + "api-base: http://evil.example\r\nx-base-url: http://evil.example\r\norigin: http://127.0.0.1\r\nreferer: http://planted.example\r\nx-planted: planted\r\naccept-encoding: gzip, br\r\n"
        + "if-none-match: planted\r\nrange: bytes=0-1\r\nuser-agent: planted\r\naccept-language: planted\r\n";

    [Theory]
    [InlineData("/v1/chat/completions", GatewayFixture.OpenAiModel)]
    [InlineData("/v1/chat/completions", GatewayFixture.AnthropicModel)]
    [InlineData("/v1/messages", GatewayFixture.AnthropicModel)]
    [InlineData("/v1/responses", GatewayFixture.ResponsesModel)]
    public async Task Headers_OfAClient_StayWithTheGateway(string route, string model)
    {
        var body = route == "/v1/responses"
            ? $$"""{"model":"{{model}}","input":"Hi"}"""
            : $$"""{"model":"{{model}}","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""";
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        await client.SendAsync($"POST {route} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close, x-planted\r\ncontent-type: application/json\r\n{Hostile}content-length: {body.Length}\r\n\r\n{body}");

        var first = await client.ReadResponseAsync();
        var response = first is { Status: 100 } ? await client.ReadResponseAsync() : first;

        Assert.True(response is { Status: 200 }, $"{response?.Status} {response?.Body}");
        var request = await First.NextRequestAsync();
        Assert.Empty(request.Headers.Select(header => header.Key.ToLowerInvariant()).Except(ToProviders));
        Assert.DoesNotContain("planted", string.Join('\n', request.Headers), StringComparison.Ordinal);
        Assert.DoesNotContain("evil", string.Join('\n', request.Headers), StringComparison.Ordinal);
        Assert.Equal(First.Url.Authority, request.Header("host"));
    }

    [Theory]
    [InlineData("\r\nx-planted: 1")]
    [InlineData("\nx-planted: 1")]
    [InlineData("\0")]
    [InlineData("\u2028x-planted: 1")]
    [InlineData("\u560d\u560ax-planted: 1")]
    [InlineData("%0d%0ax-planted: 1")]
    [InlineData("\u007f")]
    public async Task Texts_OfARequest_NeverBecomeHeaders(string text)
    {
        var (model, planted) = (JsonSerializer.Serialize(GatewayFixture.OpenAiModel + text), JsonSerializer.Serialize("u" + text));
        using var unknown = await SendAsync(Post("/v1/chat/completions", $$"""{"model":{{model}},"messages":[{"role":"user","content":"Hi"}]}"""));
        using var known = await SendAsync(Post(
            "/v1/chat/completions",
            $$"""{"model":"{{GatewayFixture.OpenAiModel}}","user":{{planted}},"metadata":{"a":{{planted}}},"messages":[{"role":"user","content":{{planted}}}]}"""));

        Assert.InRange((int)unknown.StatusCode, 400, 404);
        Assert.Equal(200, (int)known.StatusCode);
        Assert.Equal(1, First.RequestCount);
        Assert.Empty(First.Requests[0].Headers.Select(header => header.Key.ToLowerInvariant()).Except(ToProviders));
        Assert.False(known.Headers.Contains("x-planted"));
        Assert.False(unknown.Headers.Contains("x-planted"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Headers_OfAProvider_StayWithTheGateway(bool stream)
    {
        First.Behaviour = new Behaviour
        {
            Headers =
            [
                "set-cookie: planted=1", "server: planted", "x-planted: 1", "openai-organization: org-planted", "x-request-id: planted", "location: http://evil.example/", "alt-svc: h3=\":1\"",
                "strict-transport-security: max-age=1", "access-control-allow-origin: *", "www-authenticate: Basic realm=planted", "x-proxy-provider: planted", "refresh: 0;url=http://evil.example",
            ],
        };

        using var response = await ChatAsync(GatewayFixture.OpenAiModel, stream);

        Assert.Equal(200, (int)response.StatusCode);
        var headers = response.Headers.Concat(response.Content.Headers).ToArray();
        Assert.Empty(headers.Select(header => header.Key.ToLowerInvariant()).Except(ToClients));
        Assert.DoesNotContain(headers.SelectMany(header => header.Value), value => value.Contains("planted", StringComparison.Ordinal) || value.Contains("evil", StringComparison.Ordinal));
    }
}
