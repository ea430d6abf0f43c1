using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.Hosting;

/// <summary>Web pages that may call the data listener from a browser: those the operator names, and no others.</summary>
public sealed class CrossOriginTests(CrossOriginTests.Opened gateway) : IClassFixture<CrossOriginTests.Opened>
{
    private const string Page = "http://localhost:3000";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Page, true)]
    [InlineData("http://localhost:3001", false)]
    [InlineData("https://localhost:3000", false)]
    [InlineData("http://evil.example", false)]
    [InlineData("null", false)]
    public async Task Preflight_IsGrantedToPagesThatAreNamed(string origin, bool isGranted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/chat/completions");
        request.Headers.Add("origin", origin);
        request.Headers.Add("access-control-request-method", "POST");
        request.Headers.Add("access-control-request-headers", "authorization,content-type,x-proxy-strategy");

        using var answer = await gateway.Data.SendAsync(request, Cancel);

        Assert.Equal(isGranted ? origin : null, Header(answer, "access-control-allow-origin"));
        Assert.Equal(isGranted, Header(answer, "access-control-allow-headers")?.Contains("authorization", StringComparison.Ordinal) ?? false);
        Assert.Null(Header(answer, "access-control-allow-credentials"));
    }

    [Theory]
    [InlineData("{\"model\":\"simulator\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", 200)]
    [InlineData("{\"model\":\"simulator\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"stream\":true}", 200)]
    [InlineData("{}", 400)]
    public async Task Answer_OfAnyKind_CanBeReadByThePage_WithItsHeaders(string body, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("origin", Page);

        using var answer = await gateway.Data.SendAsync(request, Cancel);

        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal(Page, Header(answer, "access-control-allow-origin"));
        Assert.Contains("*", Header(answer, "access-control-expose-headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdminListener_IsForNoPage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/v1/providers");
        request.Headers.Add("origin", Page);

        using var answer = await gateway.Admin.SendAsync(request, Cancel);

        Assert.Null(Header(answer, "access-control-allow-origin"));
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    public sealed class Opened : GatewayOverOne
    {
        private protected override JsonObject Config() => new()
        {
            ["Listen"] = new JsonObject { ["AllowedOrigins"] = new JsonArray(Page) },
            ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "sim", ["Type"] = "simulator" }),
        };
    }
}
