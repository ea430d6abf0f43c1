using ProxyCluster.Core.Audit;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Requests that are refused for their form are told to operators, wherever they are refused (SPEC section 7).</summary>
[Collection(GuardedGatewayCollection.Name)]
public sealed class MalformedRequestTests(GuardedGatewayFixture gateway)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(false, "GET http://evil.example/v1/models HTTP/1.1\r\nhost: evil.example\r\n\r\n", "a whole URL")]
    [InlineData(true, "GET http://evil.example/admin/v1/keys HTTP/1.1\r\nhost: evil.example\r\n\r\n", "a whole URL")]
    [InlineData(true, "GET /health/live/..%2f..%2fadmin/v1/keys HTTP/1.1\r\nhost: a\r\n\r\n", "a path of two meanings")]
    [InlineData(true, "GET //admin/v1/keys HTTP/1.1\r\nhost: a\r\n\r\n", "an empty segment")]
    [InlineData(false, "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na", "two lengths")]
    [InlineData(false, "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length : 1\r\n\r\na", "a blank before the colon")]
    [InlineData(false, "GET /v1/models HTTP/1.1\r\nhost: a\r\nx-a: b\r\n folded\r\n\r\n", "a folded header")]
    [InlineData(false, "GET /v1/models HTTP/1.1\r\n\r\n", "no host")]
    [InlineData(true, "GET /v1/models HTTP/1.1\r\nhost: a\r\nx-a: a\0b\r\n\r\n", "a null")]
    [InlineData(false, "\u0016\u0003\u0001\u0002\0 TLS\r\n\r\n", "TLS where there is none")]
    public async Task Request_ThatIsRefusedForItsForm_IsASecurityEvent(bool isAdmin, string request, string what)
    {
        var before = gateway.CountOf(SecurityEventType.MalformedRequest);
        using var client = await RawHttp.ConnectAsync(isAdmin ? gateway.AdminAddress : gateway.DataAddress);
        await client.SendAsync(request);
        var answer = await client.ReadToEndAsync();
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), $"{what}: {answer}");

        await Wait.UntilAsync(() => Task.FromResult(gateway.CountOf(SecurityEventType.MalformedRequest) == before + 1), $"the event of {what}", Patience);
    }

    [Fact]
    public async Task Request_OfASoundForm_IsNone()
    {
        var before = gateway.CountOf(SecurityEventType.MalformedRequest);
        foreach (var path in new[] { "/v1/models", "/v1/nowhere", "/v1/models/a%2fb", "/health/live" })
        {
            using var response = await gateway.Data.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        }

        Assert.Equal(before, gateway.CountOf(SecurityEventType.MalformedRequest));
    }
}
