using System.Net;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.OpenMode;

/// <summary>Without keys the gateway answers this machine's programs, and no web page that its browser shows.</summary>
public sealed class OpenModeTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example:80")]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.0.10")]
    public async Task Host_OfAnotherName_IsRefused(string host)
    {
        using var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel));
        request.Headers.Host = host;

        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, HttpStatusCode.Forbidden, "permission_error", "insufficient_permissions");
        Assert.Equal(0, First.RequestCount);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8080")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8080")]
    public async Task Host_OfLoopback_IsServed(string host)
    {
        using var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel));
        request.Headers.Host = host;

        using var response = await SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://localhost.evil.example")]
    [InlineData("null")]
    public async Task Origin_OfAnotherSite_IsRefused(string origin)
    {
        using var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel));
        request.Headers.Add("Origin", origin);

        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, HttpStatusCode.Forbidden, "permission_error", "insufficient_permissions");
        Assert.Equal(0, First.RequestCount);
    }

    [Theory]
    [InlineData("/v1/models", "http://evil.example")]
    [InlineData("/admin/v1/providers", "http://evil.example")]
    public async Task Origin_OfAnotherSite_ReadsNothing(string path, string origin)
    {
        var client = path.StartsWith("/admin", StringComparison.Ordinal) ? Gateway.Admin : Gateway.Client;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", origin);

        using var response = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task FormOfAWebPage_IsRefused()
    {
        using var response = await SendAsync(Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel), "text/plain"));

        await AssertRefusedAsync(response, HttpStatusCode.UnsupportedMediaType, "invalid_request_error", "unsupported_media_type");
        Assert.Equal(0, First.RequestCount);
    }

    [Fact]
    public async Task AbsoluteForm_OfAnotherHost_IsRefused()
    {
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        var body = ChatBody(GatewayFixture.OpenAiModel);
        await client.SendAsync($"POST http://evil.example/v1/chat/completions HTTP/1.1\r\nhost: evil.example\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");

        var response = await client.ReadResponseAsync();

        Assert.True(response is null or { Status: 400 or 403 or 404 }, $"{response?.Status}");
        Assert.Equal(0, First.RequestCount);
    }

    [Fact]
    public async Task Health_AnswersOnEachListener()
    {
        foreach (var client in new[] { Gateway.Client, Gateway.Admin, Gateway.Ops })
        {
            foreach (var path in new[] { "/health/live", "/health/ready", "/health/startup", "/livez", "/readyz" })
            {
                using var response = await client.GetAsync(path, Cancel);
                Assert.True(response.IsSuccessStatusCode, $"{client.BaseAddress}{path}: {(int)response.StatusCode}");
            }
        }
    }
}
