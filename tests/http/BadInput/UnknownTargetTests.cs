using System.Net;
using System.Text.Json;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.BadInput;

public sealed class UnknownTargetTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Theory]
    [InlineData("no-such-model")]
    [InlineData("GPT-4O")]
    [InlineData("gpt-4o ")]
    [InlineData("gpt-4\u043e")]
    [InlineData("openai-like/no-such-model")]
    [InlineData("no-such-provider/gpt-4o")]
    [InlineData("../gpt-4o")]
    public async Task Model_Unknown_IsNotFound(string model)
    {
        using var response = await ChatAsync(model);

        var error = await AssertRefusedAsync(response, HttpStatusCode.NotFound, "invalid_request_error", "model_not_found");
        Assert.Equal("model", (string?)error["param"]);
        Assert.Equal(0, First.RequestCount);
    }

    public static TheoryData<string> UnfitNames => ["gpt-4o\r\nx-injected: 1", "gpt-4o\0", new string('m', 500_000)];

    [Theory, MemberData(nameof(UnfitNames))]
    public async Task Model_WithControlCharactersOrEndless_IsRefusedInAShortAnswer(string model)
    {
        using var response = await ChatAsync(model);

        var error = await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "invalid_value");
        Assert.Equal("model", (string?)error["param"]);
        Assert.False(response.Headers.Contains("x-injected"));
        Assert.InRange(error.ToJsonString().Length, 1, 1000);
        Assert.Equal(0, First.RequestCount);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/v1")]
    [InlineData("POST", "/v1/chat/completion")]
    [InlineData("POST", "/v2/chat/completions")]
    [InlineData("GET", "/admin/v1/providers")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/dashboard")]
    [InlineData("GET", "/v1/chat/..%2f..%2fadmin")]
    public async Task Route_Unknown_IsNotFoundInJson(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, HttpStatusCode.NotFound, "invalid_request_error", "unknown_url");
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", "POST")]
    [InlineData("DELETE", "/v1/chat/completions", "POST")]
    [InlineData("GET", "/v1/embeddings", "POST")]
    [InlineData("PUT", "/v1/completions", "POST")]
    [InlineData("POST", "/v1/models", "GET")]
    [InlineData("DELETE", "/v1/models/gpt-4o", "GET")]
    public async Task Method_OfAnotherRoute_IsNotAllowed(string method, string path, string allow)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, HttpStatusCode.MethodNotAllowed, "invalid_request_error", "method_not_allowed");
        Assert.Contains(allow, response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Capability_ThatNoProviderOfTheModelHas_IsRefused()
    {
        var body = JsonSerializer.Serialize(new { model = GatewayFixture.AnthropicModel, input = "Hello" });
        using var response = await SendAsync(Post("/v1/embeddings", body));

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "capability_not_supported");
        Assert.Equal(0, First.RequestCount);
    }
}
