using System.Net;
using System.Text;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.BadInput;

/// <summary>Each bad body is refused with its reason, and nothing reaches a provider.</summary>
public sealed class BadJsonTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    public static TheoryData<string, string> NotJson => new()
    {
        { "nothing", "" },
        { "blanks", "  \n" },
        { "half an object", """{"model":"gpt-4o","messages":[""" },
        { "trailing comma", """{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],}""" },
        { "comment", """{"model":"gpt-4o",/* hello */"messages":[{"role":"user","content":"Hi"}]}""" },
        { "two objects", """{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}{"model":"gpt-4o"}""" },
        { "single quotes", "{'model':'gpt-4o'}" },
        { "an array", """[{"model":"gpt-4o"}]""" },
        { "a string", "\"gpt-4o\"" },
        { "null", "null" },
        { "NaN", """{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"temperature":NaN}""" },
        { "a NUL", "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}\0" },
        { "a raw line break in a string", "{\"model\":\"gpt-4o\",\"user\":\"a\nb\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}" },
        { "half a surrogate pair in the model", """{"model":"gpt-4o\ud83d","messages":[{"role":"user","content":"Hi"}]}""" },
    };

    [Theory, MemberData(nameof(NotJson))]
    public async Task Body_ThatIsNoJsonObject_IsInvalidJson(string what, string body)
    {
        using var response = await SendAsync(Post("/v1/chat/completions", body));

        Assert.NotEmpty(what);
        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "invalid_json");
        await AssertNothingSentAsync();
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o","model":"dead-model","messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("""{"model":"gpt-4o","mod\u0065l":"dead-model","messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream":false}""")]
    public async Task Body_WithADuplicateKey_IsInvalidJson(string body)
    {
        using var response = await SendAsync(Post("/v1/chat/completions", body));

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "invalid_json");
        await AssertNothingSentAsync();
    }

    [Theory]
    [InlineData(65)]
    [InlineData(100_000)]
    public async Task Body_TooDeep_IsInvalidJson(int depth)
    {
        var body = ChatBody(GatewayFixture.OpenAiModel, more: $",\"x\":{new string('[', depth)}{new string(']', depth)}");

        using var response = await SendAsync(Post("/v1/chat/completions", body));

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "invalid_json");
        await AssertNothingSentAsync();
    }

    [Fact]
    public async Task Body_NotUtf8_IsInvalidJson()
    {
        byte[] body = [.. Encoding.ASCII.GetBytes("{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\""), 0xC3, 0x28, 0xFF, .. "\"}]}"u8];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");

        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "invalid_json");
        await AssertNothingSentAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_TooLarge_IsRefused(bool chunked)
    {
        // The fixture allows 1 MiB.
        using var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel, more: $",\"user\":\"{new string('x', 2 * 1024 * 1024)}\""));
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, HttpStatusCode.RequestEntityTooLarge, "invalid_request_error", "request_too_large");
        await AssertNothingSentAsync();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/jsonp")]
    [InlineData("")]
    public async Task Body_OfAnotherType_IsRefused(string contentType)
    {
        using var response = await SendAsync(Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel), contentType));

        await AssertRefusedAsync(response, HttpStatusCode.UnsupportedMediaType, "invalid_request_error", "unsupported_media_type");
        await AssertNothingSentAsync();
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("APPLICATION/JSON")]
    public async Task Body_OfJsonHoweverWritten_IsTaken(string contentType)
    {
        using var response = await SendAsync(Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel), contentType));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Body_Compressed_IsRefused(string encoding)
    {
        using var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel));
        request.Content!.Headers.ContentEncoding.Add(encoding);

        using var response = await SendAsync(request);

        await AssertRefusedAsync(response, HttpStatusCode.UnsupportedMediaType, "invalid_request_error", "unsupported_media_type");
        await AssertNothingSentAsync();
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}]}""", "missing_field", "model")]
    [InlineData("""{"model":"gpt-4o"}""", "missing_field", "messages")]
    [InlineData("""{"model":"","messages":[{"role":"user","content":"Hi"}]}""", "invalid_value", "model")]
    [InlineData("""{"model":7,"messages":[{"role":"user","content":"Hi"}]}""", "invalid_value", "model")]
    [InlineData("""{"model":null,"messages":[{"role":"user","content":"Hi"}]}""", "invalid_value", "model")]
    [InlineData("""{"model":"gpt-4o","messages":"Hello"}""", "invalid_value", "messages")]
    [InlineData("""{"model":"gpt-4o","messages":[]}""", "invalid_value", "messages")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"stream":"yes"}""", "invalid_value", "stream")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":[]}""", "invalid_value", "stream_options")]
    public async Task Field_MissingOrOfTheWrongKind_IsNamed(string body, string code, string param)
    {
        using var response = await SendAsync(Post("/v1/chat/completions", body));

        var error = await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", code);
        Assert.Equal(param, (string?)error["param"]);
        await AssertNothingSentAsync();
    }

    [Fact]
    public async Task Messages_TooMany_AreRefused()
    {
        var messages = string.Join(',', Enumerable.Repeat("""{"role":"user","content":""}""", 4097));

        using var response = await SendAsync(Post("/v1/chat/completions", $$"""{"model":"gpt-4o","messages":[{{messages}}]}"""));

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "invalid_value");
        await AssertNothingSentAsync();
    }

    /// <summary>Nothing reached a provider, and the gateway serves the next request.</summary>
    private async Task AssertNothingSentAsync()
    {
        Assert.Equal((0, 0), (First.RequestCount, Second.RequestCount));
        using var next = await ChatAsync(GatewayFixture.OpenAiModel);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal(1, First.RequestCount);
    }
}
