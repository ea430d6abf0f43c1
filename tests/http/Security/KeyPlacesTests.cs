using System.Net;
using System.Text;
using System.Text.Json;
using ProxyCluster.Tests.Http.Keys;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>A good key in every place where none is taken: refused, told to nobody, and never logged (RELIABILITY S17).</summary>
public sealed class KeyPlacesTests(KeyedGatewayFixture gateway) : KeyedTest(gateway)
{
    // {0} is the key.
    public static TheoryData<string, string> Headers => new()
    {
        { "Authorization", "{0}" },
        { "Authorization", "Token {0}" },
        { "Authorization", "Key {0}" },
        { "Authorization", "ApiKey {0}" },
        { "Authorization", "Bearer: {0}" },
        { "Authorization", "Bearer\t{0}" },
        { "Authorization", "Bearer \"{0}\"" },
        { "Authorization", "Bearer {0}," },
        { "Authorization", "Bearer {0} {0}" },
        { "Authorization", "Digest username=\"{0}\"" },
        { "x-api-key", "Bearer {0}" },
        { "x-api-key", "{0},{0}" },
        { "api-key", "\"{0}\"" },
        { "Proxy-Authorization", "Bearer {0}" },
        { "X-Authorization", "Bearer {0}" },
        { "X-Forwarded-Authorization", "Bearer {0}" },
        { "apikey", "{0}" },
        { "x-goog-api-key", "{0}" },
        { "x-auth-token", "{0}" },
        { "x-access-token", "{0}" },
        { "openai-api-key", "{0}" },
        { "Cookie", "api_key={0}; Authorization=Bearer {0}" },
        { "User-Agent", "{0}" },
        { "Referer", "http://127.0.0.1/?api_key={0}" },
        { "From", "{0}" },
        { "traceparent", "{0}" },
        { "baggage", "api_key={0}" },
        { "x-request-id", "{0}" },
        { "x-proxy-tag", "{0}" },
    };

    [Theory, MemberData(nameof(Headers))]
    public async Task Key_InAHeaderOfAnotherKind_IsRefused(string header, string form)
    {
        var (_, key) = await CreateKeyAsync("misplaced");

        using var response = await SendAsync(HttpMethod.Post, "/v1/chat/completions", string.Format(null, form, key), header == "Authorization" ? "authorization" : header, Body());

        await AssertRefusedSilentlyAsync(response, key);
    }

    public static TheoryData<string> Queries =>
    [
        "?api_key={0}", "?API_KEY={0}", "?api%5fkey={0}", "?a=b&api_key={0}", "?api_key=x&api_key={0}", "?apikey={0}", "?api-key={0}", "?key={0}",
        "?access_token={0}", "?token={0}", "?Authorization=Bearer%20{0}", "?authorization={0}", "?x-api-key={0}", "?{0}",
    ];

    [Theory, MemberData(nameof(Queries))]
    public async Task Key_InTheQuery_IsRefused(string query)
    {
        var (_, key) = await CreateKeyAsync("misplaced");
        foreach (var (method, path) in new[] { (HttpMethod.Post, "/v1/chat/completions"), (HttpMethod.Get, "/v1/models") })
        {
            using var response = await SendAsync(method, path + string.Format(null, query, key), key: null, content: method == HttpMethod.Post ? Body() : null);

            await AssertRefusedSilentlyAsync(response, key);
        }
    }

    [Fact]
    public async Task Key_InTheQueryBesideAGoodHeader_IsRefused()
    {
        var (_, key) = await CreateKeyAsync("misplaced");

        using var response = await SendAsync(HttpMethod.Post, "/v1/chat/completions?api_key=" + key, key, content: Body());

        await AssertRefusedSilentlyAsync(response, key);
    }

    [Fact]
    public async Task Key_InTheQueryOfTheAdminPlane_IsRefused()
    {
        using var admin = Support.Clients.TestHttp.Client(Gateway.Gateway.Admin);
        foreach (var path in new[] { "/admin/v1/keys?api_key=", "/dashboard?api_key=" })
        {
            using var response = await admin.GetAsync(path + Gateway.AdminKey, Cancel);

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.DoesNotContain(Gateway.AdminKey[20..], await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Gateway.AdminKey[20..], Gateway.Gateway.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions/{0}")]
    [InlineData("/{0}/v1/chat/completions")]
    [InlineData("/v1/{0}/chat/completions")]
    public async Task Key_InThePath_OpensNothing(string path)
    {
        var (_, key) = await CreateKeyAsync("misplaced");

        using var response = await SendAsync(HttpMethod.Post, string.Format(null, path, key), key: null, content: Body());

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(0, Gateway.Upstream.RequestCount);
        Assert.DoesNotContain(key[20..], Gateway.Gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_InTheBody_IsRefused()
    {
        var (_, key) = await CreateKeyAsync("misplaced");
        var quoted = JsonSerializer.Serialize(key);
        var body = $$"""{"model":"gpt-4o","api_key":{{quoted}},"key":{{quoted}},"authorization":"Bearer {{key}}","messages":[{"role":"user","content":"Hi"}]}""";

        using var response = await SendAsync(HttpMethod.Post, "/v1/chat/completions", key: null, content: new StringContent(body, Encoding.UTF8, "application/json"));

        await AssertRefusedSilentlyAsync(response, key);
    }

    private static StringContent Body() => new("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}""", Encoding.UTF8, "application/json");

    private async Task AssertRefusedSilentlyAsync(HttpResponseMessage response, string key)
    {
        await AssertInvalidKeyAsync(response);
        var secret = key[20..];
        Assert.DoesNotContain(secret, await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, string.Join('\n', response.Headers.Where(static header => header.Key != "x-request-id").SelectMany(static header => header.Value)), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, Gateway.Gateway.Process.Output, StringComparison.Ordinal);
        Assert.Equal(0, Gateway.Upstream.RequestCount);
    }
}
